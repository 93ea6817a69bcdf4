"""export.py ARCH FILE.onnx: writes a network of `affekt bench`, with random weights, for ONNX Runtime; batches of any size."""
import os
import sys

import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bench"))
import pytorch  # noqa: E402

arch, path = sys.argv[1:]
model = (pytorch.resnet if arch == "resnet" else pytorch.vgg)(arch).eval()
torch.onnx.export(model, torch.zeros(1, 1, 48, 48), path, input_names=["pictures"], output_names=["scores"],
                  dynamic_axes={"pictures": {0: "n"}, "scores": {0: "n"}})
