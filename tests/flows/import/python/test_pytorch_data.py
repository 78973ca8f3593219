"""The float networks of the data folder, where it is present, against what PyTorch computed."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from torch2chip_support import TOPOLOGIES, data_folder  # noqa: E402

import float_forward  # noqa: E402
import image_samples  # noqa: E402
import numpy as np  # noqa: E402
from checkpoint_weights import CheckpointWeights  # noqa: E402
from float_builder import FloatBuilder  # noqa: E402
from float_layers import build  # noqa: E402
from topology import load_topology  # noqa: E402
from torch_checkpoint import load_checkpoint  # noqa: E402

CASES = (
    *("mobilenetv1_w8a8", "resnet20_w8a8", "resnet_basic_w8a8", "resnet_bottleneck_w8a8"),
    *("vgg_bn_bias_w8a8", "vgg_bn_nm24_w8a8", "vgg_bn_reclamp_w8a8", "vgg_bn_w8a4"),
)

PLAIN, NORMAL = (0.0, 1.0), (0.1307, 0.3081)  # Mean and deviation.
ACCURACIES = {  # Size of the padded images; right answers of 1,000.
    "mobilenetv1_w8a8": (28, *PLAIN, 975),
    "resnet_basic_w8a8": (28, *NORMAL, 993),
    "resnet_bottleneck_w8a8": (28, *PLAIN, 950),
    "vgg_bn_bias_w8a8": (32, *PLAIN, 991),
    "vgg_bn_nm24_w8a8": (32, *NORMAL, 981),
    "vgg_bn_reclamp_w8a8": (32, *NORMAL, 988),
    "vgg_bn_w8a4": (32, *NORMAL, 988),
}


def imported(checkpoint: pathlib.Path, topology: str) -> FloatBuilder:
    weights = CheckpointWeights(load_checkpoint(checkpoint))
    builder = build(FloatBuilder(load_topology(TOPOLOGIES / f"{topology}.yaml"), weights))
    weights.expect_all_taken(topology)
    return builder


class Cases(unittest.TestCase):
    def setUp(self):
        data_folder()  # Skips each test once where it is absent.

    def test_give_the_recorded_logits(self):
        for case in CASES:
            with self.subTest(case=case):
                folder = data_folder() / case
                builder = imported(folder / "float_model.pth", case)
                image = np.load(folder / "input.npy").transpose(0, 2, 3, 1)
                tensors = float_forward.run(builder.ops, {"input": image}, lambda op, x: None)
                logits = tensors[builder.ops[-1]["name"]]
                np.testing.assert_allclose(logits, np.load(folder / "out_float.npy"), atol=3e-5)

    def test_are_right_as_often_as_recorded(self):
        """On the first 1,000 of the 2,000 images that were held out (the data's README)."""
        mnist = data_folder().parent / "mnist"
        images = image_samples.read_idx(mnist / "t10k-images-idx3-ubyte.gz")[8000:9000]
        labels = image_samples.read_idx(mnist / "t10k-labels-idx1-ubyte.gz")[8000:9000]
        for case, (size, mean, std, right) in ACCURACIES.items():
            with self.subTest(case=case):
                border = (size - 28) // 2
                pads = [(0, 0), (border, border), (border, border)]
                x = (np.pad(images, pads)[..., None] / np.float32(255) - mean) / std
                builder = imported(data_folder() / case / "float_model.pth", case)
                inputs = {"input": x.astype(np.float32)}
                tensors = float_forward.run(builder.ops, inputs, lambda op, x: None)
                answers = tensors[builder.ops[-1]["name"]].argmax(1)
                self.assertEqual(int((answers == labels).sum()), right)

    def test_of_the_cifar_resnets_have_all_their_layers(self):
        for name, blocks in (("resnet20", 9), ("resnet56", 27)):
            path = data_folder().parent / "cifar10_resnet" / f"{name}.th"
            kinds = [op["op"] for op in imported(path, name).ops]
            self.assertEqual(kinds.count("conv2d"), 2 * blocks + 1)
            self.assertEqual(kinds.count("add"), blocks)
            self.assertEqual(kinds.count("pad"), 2)


if __name__ == "__main__":
    unittest.main()
