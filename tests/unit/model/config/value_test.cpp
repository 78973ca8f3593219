// value_test.cpp: typed access to YAML, and every complaint word for word.
#include "model/config/value.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

Value yaml(const std::string& text) { return parse_yaml(text, "n.yaml"); }

template <class Action>
std::string complaint(const std::string& text, Action action) {
  return message_of([&] { action(yaml(text)); });
}

TEST(Value, KnowsItsLineAndKeyPath) {
  const Value root = yaml("name: digits\nops:\n  - {name: a}\n  - name: b\n    stride: [1, 2]\n");
  EXPECT_EQ(root.key(), "");
  EXPECT_EQ(root.get("name").location(), (Location{"n.yaml", 1}));
  const Value op = root.get("ops").items()[1];
  EXPECT_EQ(op.key(), "ops[1]");
  EXPECT_EQ(op.location().line, 4);
  const Value stride = op.get("stride").items()[1];
  EXPECT_EQ(stride.key(), "ops[1].stride[1]");
  EXPECT_EQ(stride.location().line, 5);
  EXPECT_EQ(stride.as_int(), 2);
}

TEST(Value, OfAMapStandsAtItsKey) {
  EXPECT_EQ(yaml("a:\n\n  - 1\n").get("a").location().line, 1);
  EXPECT_EQ(yaml("b: 1\na:\n\n").get("a").location().line, 2);
}

TEST(Value, ReadsEveryKind) {
  const Value root = yaml("{i: 7, r: 1.5, b: true, s: 'x y', q: [1], m: {k: v}, z: ~, e: }");
  EXPECT_EQ(root.get("i").as_int(), 7);
  EXPECT_EQ(root.get("i").as_real(), 7.0);
  EXPECT_EQ(root.get("r").as_real(), 1.5);
  EXPECT_TRUE(root.get("b").as_bool());
  EXPECT_EQ(root.get("s").as_string(), "x y");
  EXPECT_EQ(root.get("i").as_string(), "7");
  EXPECT_TRUE(root.get("q").is_sequence());
  EXPECT_TRUE(root.get("m").is_map());
  EXPECT_TRUE(root.get("z").is_null());
  EXPECT_TRUE(root.get("e").is_null());
  EXPECT_EQ(root.get("m").keys(), std::vector<std::string>{"k"});
  EXPECT_FALSE(root.find("absent").has_value());
}

TEST(Value, AnEmptyDocumentIsNull) {
  EXPECT_TRUE(yaml("").is_null());
  EXPECT_TRUE(yaml("# only a comment\n").is_null());
}

TEST(Value, IntegersHaveAClosedRange) {
  const auto as_byte = [](const Value& v) { return v.get("k").as_int(0, 255); };
  EXPECT_EQ(as_byte(yaml("k: 0")), 0);
  EXPECT_EQ(as_byte(yaml("k: 255")), 255);
  EXPECT_EQ(complaint("k: -1", as_byte), "n.yaml:1: k: got -1, expected an integer in [0, 255]");
  EXPECT_EQ(complaint("k: 256", as_byte), "n.yaml:1: k: got 256, expected an integer in [0, 255]");
}

TEST(Value, IntegersAreNothingElse) {
  const auto as_int = [](const Value& v) { return v.get("k").as_int(); };
  EXPECT_EQ(complaint("k: 1.5", as_int), "n.yaml:1: k: got 1.5, expected an integer");
  EXPECT_EQ(complaint("k: 12abc", as_int), "n.yaml:1: k: got 12abc, expected an integer");
  EXPECT_EQ(complaint("k: '12'", as_int), "n.yaml:1: k: got \"12\", expected an integer");
  EXPECT_EQ(complaint("k: ''", as_int), "n.yaml:1: k: got \"\", expected an integer");
  EXPECT_EQ(complaint("k:", as_int), "n.yaml:1: k: got nothing, expected an integer");
  EXPECT_EQ(complaint("k: [1, 2]", as_int),
            "n.yaml:1: k: got a sequence of 2, expected an integer");
  EXPECT_EQ(complaint("k: {a: 1}", as_int), "n.yaml:1: k: got a map, expected an integer");
  EXPECT_EQ(complaint("\nk: 9223372036854775808", as_int),
            "n.yaml:2: k: got 9223372036854775808, expected an integer");
}

TEST(Value, HalfOpenRangesAreSaidSo) {
  EXPECT_EQ(complaint("k: 0", [](const Value& v) { v.get("k").as_int(1); }),
            "n.yaml:1: k: got 0, expected an integer of at least 1");
  EXPECT_EQ(complaint("k: -2", [](const Value& v) { v.get("k").as_real(-1.5); }),
            "n.yaml:1: k: got -2, expected a number of at least -1.5");
  EXPECT_EQ(complaint("k: 2",
                      [](const Value& v) {
                        v.get("k").as_real(-std::numeric_limits<double>::infinity(), 1);
                      }),
            "n.yaml:1: k: got 2, expected a number of at most 1");
}

TEST(Value, RealsAreFiniteAndInRange) {
  const auto as_real = [](const Value& v) { return v.get("k").as_real(0, 1); };
  EXPECT_EQ(as_real(yaml("k: 1e0")), 1.0);
  EXPECT_EQ(complaint("k: 1.01", as_real), "n.yaml:1: k: got 1.01, expected a number in [0, 1]");
  EXPECT_EQ(complaint("k: .nan", as_real), "n.yaml:1: k: got .nan, expected a number in [0, 1]");
  EXPECT_EQ(complaint("k: fast", as_real), "n.yaml:1: k: got fast, expected a number in [0, 1]");
}

TEST(Value, BooleansAndTextsAreChecked) {
  EXPECT_EQ(complaint("k: yes", [](const Value& v) { v.get("k").as_bool(); }),
            "n.yaml:1: k: got yes, expected true or false");
  EXPECT_EQ(complaint("k: 'true'", [](const Value& v) { v.get("k").as_bool(); }),
            "n.yaml:1: k: got \"true\", expected true or false");
  EXPECT_EQ(complaint("k: [a]", [](const Value& v) { v.get("k").as_string(); }),
            "n.yaml:1: k: got a sequence of 1, expected text");
  EXPECT_EQ(complaint("k: 1", [](const Value& v) { v.get("k").items(); }),
            "n.yaml:1: k: got 1, expected a sequence");
  EXPECT_EQ(complaint("k: 1", [](const Value& v) { v.get("k").find("x"); }),
            "n.yaml:1: k: got 1, expected a map");
}

TEST(Value, ChoicesSuggestTheNearest) {
  constexpr std::array<std::string_view, 3> kNames = {"half_even", "half_up", "floor"};
  const auto choose = [&](const Value& v) { return v.get("k").as_choice(kNames); };
  EXPECT_EQ(choose(yaml("k: half_even")), 0U);
  EXPECT_EQ(choose(yaml("k: floor")), 2U);
  EXPECT_EQ(complaint("k: half_evn", choose),
            "n.yaml:1: k: got half_evn, expected one of half_even, half_up, floor; "
            "did you mean half_even?");
}

TEST(Value, UnknownAndMissingKeysSuggestTheNearest) {
  EXPECT_EQ(complaint("a:\n  sitrde: 1\n",
                      [](const Value& v) {
                        v.get("a").expect_keys({"stride", "padding"});
                      }),
            "n.yaml:2: a.sitrde: got an unknown key, expected one of stride, padding; "
            "did you mean stride?");
  EXPECT_EQ(complaint("a: {nam: x}", [](const Value& v) { v.get("a").get("name"); }),
            "n.yaml:1: a.name: got nothing, expected this key; did you mean nam?");
  EXPECT_NO_THROW(yaml("{stride: 1}").expect_keys({"stride", "padding"}));
}

TEST(Value, LongAndUnprintableTextIsShortenedInMessages) {
  const auto as_int = [](const Value& v) { v.get("k").as_int(); };
  EXPECT_EQ(complaint("k: " + std::string(70, 'x'), as_int),
            "n.yaml:1: k: got " + std::string(60, 'x') + "..., expected an integer");
  EXPECT_EQ(complaint("k: \"\\e[31m\"", as_int), "n.yaml:1: k: got \"?[31m\", expected an integer");
}

TEST(Value, ScalarsFromElsewhereCarryTheirPlace) {
  const Value value = Value::scalar("x", {"--set a=x", 0}, "a");
  EXPECT_EQ(message_of([&] { value.as_int(); }), "--set a=x: a: got x, expected an integer");
}

TEST(LoadYaml, ReadsAFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_yaml(folder.write("a.yaml", "k: 3\n")).get("k").as_int(), 3);
}

TEST(LoadYaml, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(message_of(folder, [&] { load_yaml(folder.path("a.yaml")); }),
            "a.yaml: got no readable file, expected a YAML file");
  EXPECT_EQ(message_of([&] { load_yaml(folder.path()); }),
            folder.path() + ": got a directory, expected a YAML file");
  EXPECT_EQ(message_of([] { load_yaml("/dev/zero"); }),
            "/dev/zero: got a file of more than 16 MiB, expected a YAML file of at most 16 MiB");
}

TEST(ParseYaml, NamesTheLineOfASyntaxError) {
  EXPECT_EQ(message_of([] { yaml("a: 1\nb: [1, 2\nc: 3\n"); }).substr(0, 26),
            "n.yaml:3: YAML syntax erro");
  EXPECT_EQ(message_of([] { yaml("a: 1\n\tb: 2\n"); }).substr(0, 9), "n.yaml:2:");
}

TEST(ParseYaml, RefusesDuplicateKeys) {
  EXPECT_EQ(
      message_of([] { yaml("a: {b: 1,\n b: 2}\n"); }),
      "n.yaml:2: a.b: got the key a second time, expected it once; it first appears in line 1");
}

TEST(ParseYaml, RefusesAliasesTagsSeveralDocumentsAndCompoundKeys) {
  EXPECT_EQ(message_of([] { yaml("a: &x [1]\nb: *x\n"); }),
            "n.yaml:2: aliases are not supported; write the value out");
  EXPECT_EQ(message_of([] { yaml("a: !!int 1\n"); }),
            "n.yaml:1: tags such as tag:yaml.org,2002:int are not supported");
  EXPECT_EQ(message_of([] { yaml("a: 1\n---\nb: 1\n"); }),
            "n.yaml: got several YAML documents, expected one");
  EXPECT_EQ(message_of([] { yaml("? [a, b]\n: 1\n"); }),
            "n.yaml:1: a map's key must be a plain word");
}

std::string nested(int depth) {
  std::string text = "k: ";
  for (int i = 0; i < depth; ++i) text += i % 2 == 0 ? "[" : "[1, ";
  return text + "1" + std::string(static_cast<std::size_t>(depth), ']');
}

TEST(ParseYaml, LimitsDepthAndSize) {
  EXPECT_NO_THROW(yaml(nested(63)));  // The map is a level, too.
  EXPECT_EQ(message_of([] { yaml(nested(64)); }), "n.yaml:1: nested deeper than 64 levels");
  EXPECT_NE(message_of([] { yaml(std::string(1'000'000, '[')); }), "");
  EXPECT_NE(message_of([] { yaml("k: [" + std::string(2'000'002, ',') + "]"); }), "");
  std::string many = "k: [0";
  for (int i = 0; i < 1'000'000; ++i) many += ",0";
  EXPECT_EQ(message_of([&] { yaml(many + "]"); }), "n.yaml:1: holds more than 1000000 values");
}

// Whatever the bytes are, there is a value or an InputError.
TEST(ParseYaml, SurvivesEveryTruncationAndEveryChangedByte) {
  const std::string text = "a: {b: [1, 'x', \"y\\n\"]}\nc:\n  - d: >\n      e\n  - &f g\n# h\n";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const std::string& bad : {text.substr(0, i), text.substr(i)}) {
      try {
        yaml(bad);
      } catch (const InputError&) {
      }
    }
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[i] = static_cast<char>(byte);
      try {
        yaml(changed);
      } catch (const InputError&) {
      }
    }
  }
}

}  // namespace
}  // namespace systole
