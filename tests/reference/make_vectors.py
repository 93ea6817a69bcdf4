#!/usr/bin/python3
"""Computes with PyTorch what tests/nn/ops/test_reference.c holds our operators against.

    tests/reference/make_vectors.py tests/fixtures/reference.safetensors

Needs Debian's python3-torch. Each case NAME has tensors NAME.in0 …, NAME.out0 …, NAME.weight0 … (the loss is
the sum over all outputs of weight · output) and NAME.grad0 … (of the inputs that have one). Pictures are
stored channels last, as we keep them.
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_num_threads(1)
tensors = {}


def keep(name, tensor):
    tensors[name] = tensor.detach().to(torch.float32).contiguous()


def channels_first(x):
    return x.permute(0, 3, 1, 2)


def channels_last(x):
    return x.permute(0, 2, 3, 1)


def case(name, function, *inputs, fixed=()):
    """Runs `function` on the inputs (those whose index is in `fixed` without gradient) and keeps everything."""
    inputs = [x.clone().requires_grad_(i not in fixed) for i, x in enumerate(inputs)]
    for i, x in enumerate(inputs):
        keep(f"{name}.in{i}", x)
    # In double precision: the reference should be wrong in no digit that is compared.
    doubles = [x.detach().double().requires_grad_(x.requires_grad) for x in inputs]
    outputs = function(*doubles)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    loss = 0
    for k, y in enumerate(outputs):
        keep(f"{name}.out{k}", y)
        weight = torch.randn(y.shape)
        keep(f"{name}.weight{k}", weight)
        if y.requires_grad:
            loss = loss + (weight.double() * y).sum()
    loss.backward()
    for i, x in enumerate(doubles):
        if x.requires_grad:
            keep(f"{name}.grad{i}", x.grad)


def conv(**settings):
    return lambda x, w, *b: channels_last(F.conv2d(channels_first(x), w, *b, **settings))


def pool(function, *settings, **more):
    return lambda x: channels_last(function(channels_first(x), *settings, **more))


def norm(training, relu=False):
    def run(x, weight, bias, mean, var):
        mean, var = mean.clone(), var.clone()
        y = F.batch_norm(x.movedim(-1, 1), mean, var, weight, bias, training, 0.1, 1e-5).movedim(1, -1)
        return (F.relu(y) if relu else y), mean, var

    return run


def lstm(x, h, c, *weights):
    """Two layers; weights are w_ih, w_hh, b_ih, b_hh of each."""
    layers = torch.nn.LSTM(x.shape[2], h.shape[2], 2).double()
    names = [f"{part}_l{layer}" for layer in (0, 1) for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    for name, weight in zip(names, weights):
        delattr(layers, name)
        setattr(layers, name, weight)
    layers._flat_weights = list(weights)
    y, (h, c) = layers(x, (h, c))
    return y, h[1], c[1]


r = torch.randn
case("linear", F.linear, r(5, 7), r(4, 7), r(4))
case("linear_sequence", F.linear, r(3, 4, 33), r(37, 33))
case("matmul", torch.matmul, r(3, 4, 5), r(3, 5, 2))
case("matmul_transposed", lambda a, b: a.mT @ b.mT, r(2, 5, 4), r(2, 3, 5))
case("matmul_shared", torch.matmul, r(3, 4, 5), r(5, 6))
case("conv2d", conv(padding=1), r(2, 6, 6, 16), r(16, 16, 3, 3))
case("conv2d_one_channel", conv(padding=1), r(2, 7, 5, 1), r(8, 1, 3, 3))
case("conv2d_stride", conv(stride=2, padding=1), r(2, 7, 6, 3), r(5, 3, 3, 3), r(5))
case("conv2d_groups", conv(padding=1, groups=2), r(2, 5, 4, 4), r(6, 2, 3, 3), r(6))
case("conv2d_depthwise", conv(padding=1, groups=6), r(2, 5, 5, 6), r(6, 1, 3, 3))
case("conv2d_depthwise_stride", conv(stride=2, padding=2, groups=6), r(1, 7, 7, 6), r(6, 1, 5, 5), r(6))
case("conv2d_pointwise", conv(), r(2, 3, 3, 9), r(7, 9, 1, 1))
case("conv2d_oblong", conv(padding=2), r(1, 5, 6, 2), r(3, 2, 5, 2), r(3))
case("conv2d_relu", lambda x, w, b: F.relu(conv(padding=1)(x, w, b)), r(2, 6, 5, 4), r(8, 4, 3, 3), r(8))
for name, function in (("batch_norm", norm(True)), ("batch_norm_running", norm(False)),
                       ("batch_norm_relu", norm(True, relu=True))):
    case(name, function, r(4, 3, 3, 10), r(10), r(10), r(10), torch.rand(10) + 0.5, fixed=(3, 4))
case("layer_norm", lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b, 1e-5), r(3, 2, 19), r(19), r(19))
case("relu", F.relu, r(3, 11))
case("sigmoid", torch.sigmoid, 3 * r(3, 11))
case("tanh", torch.tanh, 2 * r(3, 11))
case("add", torch.add, r(3, 1, 4), r(2, 1))
case("sub", torch.sub, r(4), r(3, 4))
case("mul", torch.mul, r(2, 3, 1, 4), r(3, 2, 1))
case("div", torch.div, r(3, 4), torch.rand(3, 1) + 0.5)
case("scale", lambda x: -1.5 * x + 0.25, r(2, 5))
case("softmax", lambda x: F.softmax(x, -1), 3 * r(3, 21))
case("log_softmax", lambda x: F.log_softmax(x, -1), 3 * r(2, 2, 21))
case("max_pool", pool(F.max_pool2d, 2), r(2, 6, 4, 5))
case("max_pool_overlapping", pool(F.max_pool2d, 3, 2, 1), r(2, 7, 6, 3))
case("average_pool", pool(F.avg_pool2d, 2), r(2, 5, 4, 3))
case("average_pool_overlapping", pool(F.avg_pool2d, 3, 2, 1, count_include_pad=False), r(2, 5, 6, 3))
case("global_average_pool", lambda x: x.mean((1, 2)), r(3, 4, 5, 7))
case("sum", lambda x: x.sum((0, 2)), r(3, 4, 5))
case("mean", lambda x: x.mean((1, 2)), r(3, 4, 5))
case("concat", lambda a, b: torch.cat((a, b, a), 1), r(2, 3, 2), r(2, 1, 2))
case("slice", lambda x: x[:, 1:4], r(3, 5, 2))
case("reshape", lambda x: x.reshape(4, -1), r(2, 2, 3))
case("transpose", lambda x: x.permute(2, 0, 3, 1), r(2, 3, 4, 2))
tokens = torch.tensor([[3, 0], [3, 1], [5, 3]])
case("embedding", lambda weight: F.embedding(tokens, weight), r(6, 5))
hidden, inputs = 21, 10
weights = [w * 0.3 for n in (inputs, hidden) for w in (r(4 * hidden, n), r(4 * hidden, hidden), r(84), r(84))]
case("lstm", lstm, r(7, 3, inputs), r(2, 3, hidden), r(2, 3, hidden), *weights)
labels = torch.tensor([2, 0, 4, 1, 3, 3, 0])
ignored = torch.tensor([2, -1, 4, 1, -1, 3, 0])
class_weights = torch.tensor([0.5, 1, 2, 0.1, 3]).double()
soft = F.softmax(r(7, 5), -1)
for name, target, settings in (
        ("cross_entropy", labels, {}),
        ("cross_entropy_ignored", ignored, {"ignore_index": -1}),
        ("cross_entropy_smooth", labels, {"label_smoothing": 0.1}),
        ("cross_entropy_weighted", ignored, {"weight": class_weights, "ignore_index": -1}),
        ("cross_entropy_smooth_weighted", labels, {"weight": class_weights, "label_smoothing": 0.2}),
):
    case(name, lambda z: F.cross_entropy(z, target, **settings), r(7, 5))
for name, settings in (("cross_entropy_soft", {}),
                       ("cross_entropy_soft_all", {"weight": class_weights, "label_smoothing": 0.1})):
    case(name, lambda z, t: F.cross_entropy(z, t, **settings), r(7, 5), soft, fixed=(1,))
case("mse", F.mse_loss, r(3, 4), r(3, 4))
case("gated_residual", lambda x, gate, shortcut: F.relu(x * gate[:, None, None] + shortcut),
     r(2, 3, 4, 21), r(2, 21), r(2, 3, 4, 21))
case("upsample", pool(lambda x: F.interpolate(x, scale_factor=2, mode="nearest")), r(2, 3, 4, 5))
case("binary_cross_entropy", lambda x, t, w: F.binary_cross_entropy_with_logits(x, t, w, reduction="sum"),
     3 * r(3, 7), torch.rand(3, 7), torch.rand(3, 7), fixed=(1, 2))
case("huber", lambda x, t, w: (w * F.huber_loss(x, t, reduction="none", delta=0.7) / 0.7).sum(),
     2 * r(3, 7), r(3, 7), torch.rand(3, 7), fixed=(1, 2))

header, offset = {}, 0
for name, tensor in tensors.items():
    size = tensor.numel() * 4
    header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
    offset += size
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
with open(sys.argv[1], "wb") as out:
    out.write(struct.pack("<Q", len(text)) + text)
    for tensor in tensors.values():
        out.write(struct.pack(f"<{tensor.numel()}f", *tensor.flatten().tolist()))
