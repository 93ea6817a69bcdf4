"""pytorch.py ROW [--threads N] [--seconds F] [--batch N] [--layout last|first]: a row of `affekt bench` in PyTorch.

The same networks, batch sizes and kinds of step as train/bench/bench.c, oneDNN as built. Prints JSON: `value`, the
median as images or tokens a second, milliseconds for infer_vgg_b1; `megabytes`, the most that the process held.
"""
import argparse
import json
import resource
import time

import torch
from torch import nn

CHANNELS = {"vgg": ([32, 64, 128, 256], 256), "vgg_wide": ([64, 128, 256, 512], 1024)}
RESIDUAL_CHANNELS, RESIDUAL_BLOCKS = [32, 64, 128, 256], [1, 1, 2, 2]
VOCABULARY, EMBEDDING, HIDDEN, LAYERS, STEPS, SEQUENCES = 400, 128, 512, 2, 256, 32


def vgg(arch):
    channels, hidden = CHANNELS[arch]
    layers, inputs = [], 1
    for outputs in channels:
        for _ in range(2):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
                       nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    layers += [nn.Flatten(), nn.Dropout(0.5), nn.Linear(9 * inputs, hidden), nn.ReLU(),
               nn.Dropout(0.5), nn.Linear(hidden, 7)]
    return nn.Sequential(*layers)


class ResidualBlock(nn.Module):
    """Two convolutions, gates by squeeze and excitation, and a shortcut around them."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.convs = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs))
        self.gates = nn.Sequential(
            nn.Linear(outputs, outputs // 8), nn.ReLU(), nn.Linear(outputs // 8, outputs),
            nn.Sigmoid())
        self.shortcut = nn.Sequential() if inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.convs(x)
        gates = self.gates(y.mean((2, 3)))[:, :, None, None]
        return torch.relu_(y * gates + self.shortcut(x))


def resnet(_):
    inputs = RESIDUAL_CHANNELS[0]
    layers = [nn.Conv2d(1, inputs, 3, padding=1, bias=False), nn.BatchNorm2d(inputs),
              nn.ReLU(inplace=True)]
    for outputs, blocks in zip(RESIDUAL_CHANNELS, RESIDUAL_BLOCKS):
        for _ in range(blocks):
            layers.append(ResidualBlock(inputs, outputs))
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.5), nn.Linear(inputs, 7)]
    return nn.Sequential(*layers)


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, EMBEDDING)
        self.lstm = nn.LSTM(EMBEDDING, HIDDEN, LAYERS)
        self.logits = nn.Linear(HIDDEN, VOCABULARY)

    def forward(self, tokens, state=None):
        hidden, state = self.lstm(self.embedding(tokens), state)
        return self.logits(hidden), state


def training_step(model, forward, targets):
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True,
                                weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()

    def step():
        optimizer.zero_grad(set_to_none=True)
        criterion(forward(), targets).backward()
        optimizer.step()
    return step


def train_pictures(build, arch, batch, layout):
    model = build(arch).to(memory_format=layout)
    x = torch.randn(batch, 1, 48, 48).to(memory_format=layout)
    return training_step(model, lambda: model(x), torch.arange(batch) % 7), batch


def infer_vgg(batch, layout):
    model = vgg("vgg").to(memory_format=layout).eval()
    x = torch.randn(batch, 1, 48, 48).to(memory_format=layout)
    return torch.no_grad()(lambda: model(x)), batch


def train_lstm():
    model = Lstm()
    tokens = torch.randint(VOCABULARY, (STEPS, SEQUENCES))
    targets = torch.randint(VOCABULARY, (STEPS * SEQUENCES,))
    forward = lambda: model(tokens)[0].reshape(-1, VOCABULARY)
    return training_step(model, forward, targets), STEPS * SEQUENCES


def generate_lstm(count=64):
    model = Lstm().eval()

    @torch.no_grad()
    def step():
        token, state = torch.zeros(1, 1, dtype=torch.long), None
        for _ in range(count):
            logits, state = model(token, state)
            token = logits.argmax(-1)
    return step, count


def median_seconds(step, seconds):
    """Of at least three steps; before them it warms up for a third of the time."""
    def run(least, seconds):
        times, begin = [], time.perf_counter()
        while len(times) < least or time.perf_counter() - begin < seconds:
            start = time.perf_counter()
            step()
            times.append(time.perf_counter() - start)
        return sorted(times)[len(times) // 2]

    run(1, seconds / 3)
    return run(3, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--layout", choices=["last", "first"], default="last")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    layout = {"last": torch.channels_last, "first": torch.contiguous_format}[options.layout]
    rows = {
        "train_vgg": lambda: train_pictures(vgg, "vgg", options.batch, layout),
        "train_vgg_wide": lambda: train_pictures(vgg, "vgg_wide", options.batch, layout),
        "train_resnet": lambda: train_pictures(resnet, "resnet", options.batch, layout),
        "infer_vgg_b64": lambda: infer_vgg(options.batch, layout),
        "infer_vgg_b1": lambda: infer_vgg(1, layout),
        "train_lstm": train_lstm,
        "generate_lstm": generate_lstm,
    }
    step, count = rows[options.row]()
    seconds = median_seconds(step, options.seconds)
    value = seconds * 1e3 if options.row == "infer_vgg_b1" else count / seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"value": value, "megabytes": peak / 1e6}))


if __name__ == "__main__":
    main()
