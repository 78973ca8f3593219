// dump_header.c: prints the memory of a C header: what it says of itself, then the bytes of a word
// in a line, those of an integer from the lowest on.
#include HEADER
#include HEADER

#include <stdio.h>

int main(void) {
  const size_t size = sizeof(ARRAY[0]);
  const size_t count = sizeof(ARRAY) / size;
  const size_t elements_per_word = WORD_BITS / 8 / size;
  size_t i, b;

  printf("%lu words of %d bits from %lx, %lu bytes past a multiple of %d\n", (unsigned long)WORDS,
         WORD_BITS, (unsigned long)BASE, (unsigned long)((uintptr_t)ARRAY % ALIGNMENT), ALIGNMENT);
  for (i = 0; i < count; i++) {
    for (b = 0; b < size; b++) printf("%02x", (unsigned)(ARRAY[i] >> 8 * b & 0xff));
    if ((i + 1) % elements_per_word == 0) printf("\n");
  }
  return 0;
}
