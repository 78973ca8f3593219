// sha256_test.cpp: digests against the published examples.
#include "model/tensor/sha256.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(sha256(""), kOfNothing);
  EXPECT_EQ(sha256("abc"), kOfAbc);
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ReadsFiles) {
  const TemporaryFolder folder;
  EXPECT_EQ(sha256_of_file(folder.write("abc", "abc")), kOfAbc);
  EXPECT_EQ(sha256_of_file(folder.write("empty", "")), kOfNothing);
}

TEST(Sha256, NamesAFileThatIsNotThere) {
  EXPECT_EQ(message_of([] { sha256_of_file("/no/such/file"); }),
            "/no/such/file: got No such file or directory, expected a readable file");
  EXPECT_EQ(message_of([] { sha256_of_file("/"); }),
            "/: got something other than a regular file, expected a readable file");
}

}  // namespace
}  // namespace systole
