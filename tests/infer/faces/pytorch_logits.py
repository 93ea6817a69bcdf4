"""Runs model files of ours in PyTorch, for test_pytorch.c.

pytorch_logits.py INPUT MODEL... reads the faces INPUT (float32, as many as fit, 48×48 each, already
normalised), loads each safetensors file by its tensor names into a network written here with
PyTorch's own layers, and prints a line of logits for each model.
"""

import json
import struct
import sys

import numpy
import torch
from torch import nn


def read_safetensors(path):
    """Returns the metadata and the tensors by name."""
    with open(path, "rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(length))
        data = stream.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        dtype = {"F32": "<f4", "F16": "<f2"}[entry["dtype"]]
        values = numpy.frombuffer(data[begin:end], dtype).reshape(entry["shape"])
        tensors[name] = torch.from_numpy(values.astype("<f4"))
    return metadata, tensors


def plain(channels, hidden, side, classes):
    """torchvision's VGG with batch norm, four blocks of two convolutions without bias."""
    layers, inputs = [], 1
    for outputs in channels:
        for _ in range(2):
            layers += [
                nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(),
            ]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    network = nn.Module()
    network.features = nn.Sequential(*layers)
    if hidden:
        network.classifier = nn.Sequential(
            nn.Dropout(),
            nn.Linear(inputs * (side // 16) ** 2, hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(hidden, classes),
        )
    else:
        network.classifier = nn.Sequential(nn.Dropout(), nn.Linear(inputs, classes))

    def forward(x):
        x = network.features(x)
        return network.classifier(x.flatten(1) if hidden else x.mean((2, 3)))

    network.forward = forward
    return network


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels):
        super().__init__()
        self.squeeze = nn.Linear(channels, channels // 8)
        self.excite = nn.Linear(channels // 8, channels)

    def forward(self, x):
        gate = torch.sigmoid(self.excite(torch.relu(self.squeeze(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class Residual(nn.Module):
    """Two convolutions, a gate, and a way around them."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.gate = Gate(outputs)
        if inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
            )
        else:
            self.shortcut = nn.Identity()

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(self.gate(y) + self.shortcut(x))


class ResidualNetwork(nn.Module):
    """A stem, four stages of residual blocks with a pool after each, a global average."""

    def __init__(self, classes, channels=(32, 64, 128, 256), blocks=(1, 1, 2, 2)):
        super().__init__()
        inputs = channels[0]
        self.stem = nn.Sequential(
            nn.Conv2d(1, inputs, 3, padding=1, bias=False), nn.BatchNorm2d(inputs), nn.ReLU()
        )
        for number, outputs in enumerate(channels, 1):
            widths = [inputs] + [outputs] * blocks[number - 1]
            stage = nn.Sequential(*map(Residual, widths, widths[1:]))
            setattr(self, f"stage{number}", stage)
            inputs = outputs
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(inputs, classes))

    def forward(self, x):
        x = self.stem(x)
        for number in range(1, 5):
            x = nn.functional.max_pool2d(getattr(self, f"stage{number}")(x), 2)
        return self.classifier(x.mean((2, 3)))


def build(metadata):
    side, classes = int(metadata["size"]), len(json.loads(metadata["classes"]))
    builders = {
        "vgg": lambda: plain((32, 64, 128, 256), 256, side, classes),
        "vgg-wide": lambda: plain((64, 128, 256, 512), 1024, side, classes),
        "mini": lambda: plain((32, 48, 64, 96), 0, side, classes),
        "resnet": lambda: ResidualNetwork(classes),
    }
    return builders[metadata["arch"]]()


def main():
    torch.set_num_threads(1)
    faces = torch.from_numpy(numpy.fromfile(sys.argv[1], "<f4").reshape(-1, 1, 48, 48))
    for path in sys.argv[2:]:
        metadata, tensors = read_safetensors(path)
        network = build(metadata).eval()
        missing, unexpected = network.load_state_dict(tensors, strict=False)
        missing = [name for name in missing if not name.endswith("num_batches_tracked")]
        if missing or unexpected:
            sys.exit(f"{path}: missing {missing}, unexpected {unexpected}")
        with torch.no_grad():
            logits = network.forward(faces).flatten().tolist()
        print(" ".join(repr(value) for value in logits))


if __name__ == "__main__":
    main()
