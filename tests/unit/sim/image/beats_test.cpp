// beats_test.cpp: beats from the words of memories are those that the ops' own tensors give.
#include <gtest/gtest.h>

#include "sim/image/image_beats.h"
#include "sim/schedule/tasks.h"
#include "tests/unit/sim/schedule/play.h"
#include "tests/unit/sim/schedule/random_job.h"

namespace systole {
namespace {

using Engine = std::mt19937;

int pick(Engine& random, std::initializer_list<int> values) {
  return values.begin()[random() % values.size()];
}

MemoryLayout random_memory(Engine& random, int least_bits) {
  MemoryLayout memory;
  memory.word_bits = pick(random, {8, 16, 24, 32, 64, 128, 256, 1024});
  memory.reverse_bits = pick(random, {0, 1}) == 1;
  memory.first_element = pick(random, {0, 1}) ? ElementOrder::kFirstHigh : ElementOrder::kFirstLow;
  memory.padding = pick(random, {0, 1});
  memory.aligned_beats = pick(random, {0, 1}) == 1;
  memory.element_bits = least_bits + pick(random, {0, 0, 3});
  memory.banks = pick(random, {1, 2, 3});
  memory.align = memory.banks * pick(random, {1, 2, 8});
  memory.base = memory.banks * pick(random, {0, 5, 1000});
  return memory;
}

/// One memory as an export would have it, without files.
struct Filled {
  StoredMemory stored;
  LoadedMemory loaded;

  Filled(MemoryKind kind, const ContentSources& sources, const MemoryLayout& memory) {
    std::vector<Content> contents = make_contents(kind, sources, memory);
    stored = {.kind = kind, .layout = memory};
    for (const ImageRegion& region : place(contents, kind, memory, false)) {
      stored.regions.push_back({region, {}});
      loaded.words.push_back(region_words(region, contents, kind, memory));
    }
    for (const Content& content : contents) stored.tensors.push_back({content.tensor, "", ""});
    loaded.memory = &stored;
  }
};

using AllBeats = std::vector<std::vector<std::uint8_t>>;

AllBeats beats_of(Channel channel, const Operands& operands) {
  AllBeats beats;
  for_each_beat(channel, operands, make_schedule(operands.layout),
                [&](const auto& beat) { beats.push_back(beat); });
  return beats;
}

/// Without the bytes between the fields.
std::vector<std::array<std::int64_t, 5>> constants_of(const Operands& operands) {
  std::vector<std::array<std::int64_t, 5>> constants;
  for (const auto& bytes : beats_of(kParameter, operands)) {
    const ParameterBeat beat = beat_of<ParameterBeat>(bytes)[0];
    constants.push_back(
        {beat.bias, beat.scale, beat.shift, beat.residual_scale, beat.residual_shift});
  }
  return constants;
}

TEST(ImageBeats, AreTheOpsOwnWhateverTheJobTheArrayTheLayoutAndTheRegions) {
  std::size_t weight_beats = 0, parameter_beats = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    Engine random(seed);
    const auto drawn = random_job(random);
    SCOPED_TRACE(drawn->text + ", seed " + std::to_string(seed));
    const Geometry geometry{.rows = static_cast<std::uint32_t>(2 + random() % 8),
                            .cols = static_cast<std::uint32_t>(2 + random() % 8),
                            .acc_depth = static_cast<std::uint32_t>(2 + random() % 39),
                            .scale_bits = 32};
    Plan plan{{drawn->job()}, {}};
    Job& job = plan.jobs[0];
    Trace golden;
    golden.tensors[input_of(job)] = drawn->x;
    fix_pack_groups(plan, golden, geometry);
    const IntNetwork network;
    const ContentSources sources{network, plan, golden, geometry};
    const Filled weights(MemoryKind::kWeights, sources, random_memory(random, 9));
    const Filled parameters(MemoryKind::kParameters, sources, random_memory(random, 9));
    const Region all = whole(job, drawn->x.shape);
    const ImageBeats stored(make_layout(job, drawn->x.shape, geometry, all), &weights.loaded,
                            &parameters.loaded);
    const Shapes shapes = {{input_of(job), drawn->x.shape}};
    for (const Task& task : make_tasks(plan.jobs, shapes, geometry, 60))
      for (const Unit& unit : task.units) {
        const Operands own = make_operands(job, drawn->inputs(), geometry, unit.region);
        const Operands from_words =
            make_operands(job, drawn->inputs(), geometry, unit.region, &stored);
        const AllBeats expected = beats_of(kWeight, own);
        ASSERT_EQ(beats_of(kWeight, from_words), expected);
        weight_beats += expected.size();
        if (!drawn->has_quant) continue;
        const auto constants = constants_of(own);
        ASSERT_EQ(constants_of(from_words), constants);
        parameter_beats += constants.size();
      }
  }
  EXPECT_GT(weight_beats, 10000U);
  EXPECT_GT(parameter_beats, 4000U);
}

}  // namespace
}  // namespace systole
