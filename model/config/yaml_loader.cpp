// yaml_loader.cpp: builds located values from yaml-cpp's parser events.
#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "model/config/value_node.h"

namespace systole {
namespace {

using Node = Value::Node;

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxValues = 1'000'000;

/// Receives the events of one document. Values exist once: aliases are refused, so that a small
/// file cannot stand for a large one.
class Builder : public YAML::EventHandler {
 public:
  explicit Builder(std::string file) : file_(std::move(file)) {}

  std::shared_ptr<Node> take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, Node::Kind::kNull); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw InputError(at(mark), "aliases are not supported; write the value out");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& text) override {
    refuse_tag(mark, tag);
    if (expects_key()) {
      open_.back().pending_key = text;
      open_.back().pending_mark = mark;
      open_.back().has_key = true;
      return;
    }
    Node& node = add(mark, Node::Kind::kScalar);
    node.text = text;
    node.is_quoted = tag == "!";
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::kSequence);
  }
  void OnSequenceEnd() override { open_.pop_back(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, Node::Kind::kMap);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  /// A map or sequence whose end has not been seen.
  struct Open {
    Node* node;
    std::map<std::string, int> lines;  ///< Of the keys so far.
    std::string pending_key;
    YAML::Mark pending_mark;
    bool has_key = false;
  };

  Location at(const YAML::Mark& mark) const { return {file_, mark.line + 1}; }

  bool expects_key() const {
    return !open_.empty() && open_.back().node->kind == Node::Kind::kMap && !open_.back().has_key;
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    throw InputError(at(mark), "tags such as " + tag + " are not supported");
  }

  void open(const YAML::Mark& mark, const std::string& tag, Node::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() == kMaxDepth) {
      throw InputError(at(mark), fmt::format("nested deeper than {} levels", kMaxDepth));
    }
    Node& node = add(mark, kind);
    open_.push_back({&node, {}, {}, {}, false});
  }

  Node& add(const YAML::Mark& mark, Node::Kind kind) {
    if (++count_ > kMaxValues) {
      throw InputError(at(mark), fmt::format("holds more than {} values", kMaxValues));
    }
    auto node = std::make_shared<Node>();
    Node& added = *node;
    added.kind = kind;
    added.where = at(mark);
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node->kind == Node::Kind::kSequence) {
      Node& parent = *open_.back().node;
      added.key = fmt::format("{}[{}]", parent.key, parent.children.size());
      parent.children.emplace_back("", std::move(node));
    } else {
      add_to_map(mark, std::move(node));
    }
    return added;
  }

  void add_to_map(const YAML::Mark& mark, std::shared_ptr<Node> node) {
    Open& map = open_.back();
    if (!map.has_key) throw InputError(at(mark), "a map's key must be a plain word");

    const std::string& prefix = map.node->key;
    node->key = prefix.empty() ? map.pending_key : prefix + "." + map.pending_key;
    node->where = at(map.pending_mark);
    const auto [first, is_new] = map.lines.emplace(map.pending_key, node->where.line);
    if (!is_new) {
      throw InputError({.where = node->where,
                        .key = node->key,
                        .got = "the key a second time",
                        .expected = "it once",
                        .hint = fmt::format("it first appears in line {}", first->second)});
    }
    map.node->children.emplace_back(map.pending_key, std::move(node));
    map.has_key = false;
  }

  std::string file_;
  std::shared_ptr<Node> root_;
  std::vector<Open> open_;
  std::size_t count_ = 0;
};

/// The bytes of a file, one more than kMaxBytes at most.
std::string read_text(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw InputError({.where = {path, 0}, .got = "a directory", .expected = "a YAML file"});
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError({.where = {path, 0}, .got = "no readable file", .expected = "a YAML file"});
  }
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

Value parse_yaml(const std::string& text, const std::string& file) {
  if (text.size() > kMaxBytes) {
    throw InputError({.where = {file, 0},
                      .got = "a file of more than 16 MiB",
                      .expected = "a YAML file of at most 16 MiB"});
  }
  Builder first(file);
  Builder second(file);
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(first);
    if (parser.HandleNextDocument(second)) {
      throw InputError({.where = {file, 0}, .got = "several YAML documents", .expected = "one"});
    }
  } catch (const YAML::Exception& e) {
    throw InputError({file, e.mark.is_null() ? 0 : e.mark.line + 1}, "YAML syntax error: " + e.msg);
  }
  auto root = first.take_root();
  if (!root) {
    root = std::make_shared<Node>();
    root->where = {file, 1};
  }
  return Value(std::move(root));
}

Value load_yaml(const std::string& path) { return parse_yaml(read_text(path), path); }

}  // namespace systole
