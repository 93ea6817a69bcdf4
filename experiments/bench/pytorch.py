"""pytorch.py ROW [--threads N] [--seconds F] [--batch N]: one row of `affekt bench` in PyTorch.

The same networks, batch sizes and kinds of step as train/bench.c, channels last, oneDNN as built.
Prints the median as one number: images or tokens a second, milliseconds for infer_vgg_b1.
"""
import argparse
import time

import torch
from torch import nn

CHANNELS = {"vgg": ([32, 64, 128, 256], 256), "vgg_wide": ([64, 128, 256, 512], 1024)}
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
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


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


def train_vgg(arch, batch):
    model = vgg(arch)
    x = torch.randn(batch, 1, 48, 48).to(memory_format=torch.channels_last)
    return training_step(model, lambda: model(x), torch.arange(batch) % 7), batch


def infer_vgg(batch):
    model = vgg("vgg").eval()
    x = torch.randn(batch, 1, 48, 48).to(memory_format=torch.channels_last)
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
    for _ in range(3):
        step()
    times, begin = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("row")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    rows = {
        "train_vgg": lambda: train_vgg("vgg", options.batch),
        "train_vgg_wide": lambda: train_vgg("vgg_wide", options.batch),
        "infer_vgg_b64": lambda: infer_vgg(options.batch),
        "infer_vgg_b1": lambda: infer_vgg(1),
        "train_lstm": train_lstm,
        "generate_lstm": generate_lstm,
    }
    step, count = rows[options.row]()
    seconds = median_seconds(step, options.seconds)
    print(seconds * 1e3 if options.row == "infer_vgg_b1" else count / seconds)


if __name__ == "__main__":
    main()
