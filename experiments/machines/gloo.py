"""gloo.py --processes N [--batch N] [--seconds F]: trains `vgg` in PyTorch on several processes of one thread.

DistributedDataParallel over gloo, the same network and kind of step as `affekt bench`'s train_vgg. Prints JSON with
`rate`, the images a second of all processes, from the median step. It takes as many steps (2 to 9) as fit into the
seconds, going by the one before.
"""
import argparse
import json
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as multiprocessing
from torch import nn

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bench"))
from pytorch import vgg  # noqa: E402


def work(rank, arguments, results):
    torch.set_num_threads(1)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(arguments.port))
    dist.init_process_group("gloo", rank=rank, world_size=arguments.processes)
    torch.manual_seed(rank)
    model = vgg("vgg").to(memory_format=torch.channels_last)
    model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4)
    x = torch.randn(arguments.batch, 1, 48, 48).to(memory_format=torch.channels_last)
    y = torch.randint(7, (arguments.batch,))

    def step():
        start = time.perf_counter()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        return time.perf_counter() - start

    step()
    steps = torch.tensor([min(9, max(2, int(arguments.seconds / step())))])
    dist.broadcast(steps, 0)  # the first process's, for all
    seconds = sorted(step() for _ in range(steps.item()))
    if rank == 0:
        results.put(seconds[len(seconds) // 2])
    dist.barrier()
    dist.destroy_process_group()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--processes", type=int, required=True)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--port", type=int, default=29511)
    arguments = parser.parse_args()
    results = multiprocessing.get_context("spawn").SimpleQueue()
    multiprocessing.spawn(work, (arguments, results), nprocs=arguments.processes)
    rate = arguments.processes * arguments.batch / results.get()
    print(json.dumps({"processes": arguments.processes, "rate": rate}))


if __name__ == "__main__":
    main()
