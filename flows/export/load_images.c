/* load_images.c: reads a tensor of `systole export` from its raw files: an example for firmware.

   cc -std=c11 -I DIR load_images.c -o load_images    with DIR/memory-map.h of the export
   ./load_images DIR              the tensors: memory, op, tensor, elements
   ./load_images DIR OP TENSOR    its elements in the memory's order, one per line

   Sizes and CRC-32 of files and tensors must be right. Exits with 2 after a message else. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory-map.h"

static void fail(const char* what, const char* message) {
  fprintf(stderr, "error: %s: %s\n", what, message);
  exit(2);
}

static uint8_t* allocate(uint64_t bytes) {
  uint8_t* data = bytes < SIZE_MAX ? calloc((size_t)bytes + 1, 1) : NULL;
  if (data == NULL) fail("memory", "there is not enough");
  return data;
}

/* zlib's CRC-32 of `bytes` behind what gave `crc`; of nothing it is 0. */
static uint32_t crc32_of(uint32_t crc, const uint8_t* data, uint64_t bytes) {
  crc = ~crc;
  for (uint64_t i = 0; i < bytes; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

static uint8_t* read_file(const char* folder, const struct systole_file* file) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/%s", folder, file->path) >= (int)sizeof path)
    fail(file->path, "the folder's name is too long");
  FILE* stream = fopen(path, "rb");
  if (stream == NULL) fail(path, "cannot be opened; export again");
  uint8_t* data = allocate(file->bytes);
  if (fread(data, 1, (size_t)file->bytes + 1, stream) != file->bytes)
    fail(path, "other bytes than memory-map.h says; export again");
  fclose(stream);
  if (crc32_of(0, data, file->bytes) != file->crc32)
    fail(path, "another CRC-32 than in memory-map.h; export again");
  return data;
}

/* Copies the words of one file to where they lie in their region, least significant byte first. */
static void spread(const uint8_t* data, const struct systole_file* file, uint8_t* words) {
  const struct systole_memory* memory = &systole_memories[file->memory];
  const uint64_t word_bytes = memory->word_bits / 8, part = word_bytes / memory->lanes;
  const uint64_t rows = (file->region_words + memory->banks - 1) / memory->banks;
  if (file->bytes != rows * part) fail(file->path, "not the bytes of its words; export again");
  for (uint64_t row = 0; row < rows; ++row) {
    const uint64_t word =
        memory->block_interleave ? file->bank * rows + row : row * memory->banks + file->bank;
    if (word >= file->region_words) continue; /* What fills up the last bank. */
    for (uint64_t i = 0; i < part; ++i)
      words[word * word_bytes + file->lane * part + i] =
          data[row * part + (memory->big_endian ? part - 1 - i : i)];
  }
}

/* The words of the tensor's region; `*first` becomes the tensor's first one. The caller frees. */
static uint8_t* read_region(const char* folder, const struct systole_tensor* tensor,
                            const uint8_t** first) {
  const struct systole_memory* memory = &systole_memories[tensor->memory];
  const uint64_t word_bytes = memory->word_bits / 8;
  uint8_t* words = NULL;
  uint64_t files = 0;
  const struct systole_file* const end = systole_files + SYSTOLE_FILES;
  for (const struct systole_file* file = systole_files; file != end; ++file) {
    if (file->memory != tensor->memory || strcmp(file->format, "raw") != 0 ||
        tensor->address < file->region_address ||
        tensor->address + tensor->words > file->region_address + file->region_words)
      continue;
    if (words == NULL) words = allocate(file->region_words * word_bytes);
    uint8_t* data = read_file(folder, file);
    spread(data, file, words);
    free(data);
    *first = words + (tensor->address - file->region_address) * word_bytes;
    ++files;
  }
  if (files == 0) fail(memory->name, "no raw files; export with --layout-set formats='raw ...'");
  if (files != (uint64_t)memory->banks * memory->lanes)
    fail(memory->name, "a raw file of each bank and lane is expected; export again");
  return words;
}

/* Element `index` of the tensor's words. */
static int64_t element(const uint8_t* words, const struct systole_tensor* tensor, uint64_t index) {
  const struct systole_memory* memory = &systole_memories[tensor->memory];
  const uint64_t word_bits = memory->word_bits, element_bits = tensor->element_bits;
  /* Words that a wide element takes count as one unit. */
  const uint64_t per_unit = (element_bits + word_bits - 1) / word_bits;
  const uint64_t slots = per_unit * word_bits / element_bits;
  if (tensor->beat) { /* Each beat begins with a unit. */
    const uint64_t beat_slots = (tensor->beat + slots - 1) / slots * slots;
    index = index / tensor->beat * beat_slots + index % tensor->beat;
  }
  const uint64_t slot = memory->first_element_high ? slots - 1 - index % slots : index % slots;
  uint64_t value = 0;
  for (uint64_t bit = 0; bit < element_bits; ++bit) {
    const uint64_t at = slot * element_bits + bit;
    uint64_t word = at / word_bits;
    if (memory->first_element_high) word = per_unit - 1 - word;
    const uint64_t byte = (index / slots * per_unit + word) * (word_bits / 8) + at % word_bits / 8;
    const unsigned shift = memory->reverse_bits ? 7 - at % 8 : at % 8;
    value |= (uint64_t)(words[byte] >> shift & 1) << bit;
  }
  if (tensor->is_signed && value >> (element_bits - 1) & 1)
    return (int64_t)(value - (UINT64_C(1) << (element_bits - 1))) - /* Two's complement, without */
           (int64_t)((UINT64_C(1) << (element_bits - 1)) - 1) - 1;  /* a conversion that wraps. */
  return (int64_t)value;
}

static int64_t* read_tensor(const char* folder, const struct systole_tensor* tensor) {
  const uint8_t* first = NULL;
  uint8_t* words = read_region(folder, tensor, &first);
  int64_t* elements = (int64_t*)(void*)allocate(tensor->count * sizeof(int64_t));
  uint32_t crc = 0;
  for (uint64_t i = 0; i < tensor->count; ++i) {
    elements[i] = element(first, tensor, i);
    uint8_t bytes[8];
    for (int b = 0; b < 8; ++b) bytes[b] = (uint8_t)((uint64_t)elements[i] >> 8 * b);
    crc = crc32_of(crc, bytes, sizeof bytes);
  }
  free(words);
  if (crc != tensor->crc32) fail(tensor->op, "not the elements of the tensor's CRC-32");
  return elements;
}

int main(int count, char** arguments) {
  if (count != 2 && count != 4) fail("usage", "load_images DIR [OP TENSOR]");
  const struct systole_tensor* const end = systole_tensors + SYSTOLE_TENSORS;
  for (const struct systole_tensor* tensor = systole_tensors; tensor != end; ++tensor) {
    if (count == 2) {
      printf("%s %s %s %" PRIu64 "\n", systole_memories[tensor->memory].name, tensor->op,
             tensor->name, tensor->count);
    } else if (strcmp(tensor->op, arguments[2]) == 0 && strcmp(tensor->name, arguments[3]) == 0) {
      int64_t* elements = read_tensor(arguments[1], tensor);
      for (uint64_t e = 0; e < tensor->count; ++e) printf("%" PRId64 "\n", elements[e]);
      free(elements);
      return 0;
    }
  }
  if (count == 4) fail(arguments[2], "has no such tensor; load_images DIR lists all");
  return 0;
}
