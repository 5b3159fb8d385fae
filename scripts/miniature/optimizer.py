"""AdamW for embeddings and norms, Muon for the other matrices."""
import torch

# Quintic Newton-Schulz iteration of Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers").
A, B, C, ROUNDS = 3.4445, -4.7750, 2.0315, 5


def orthogonal(matrix):
    """About the nearest matrix with all singular values 1. Takes a stack of matrices of one shape."""
    tall = matrix.shape[1] > matrix.shape[2]
    x = matrix.transpose(1, 2) if tall else matrix
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(ROUNDS):
        square = x @ x.transpose(1, 2)
        x = A * x + (B * square + C * square @ square) @ x
    return x.transpose(1, 2) if tall else x


class Optimizer:
    """One step over all parameters of a model, at a given share of the highest rates."""

    def __init__(self, model, o):
        self.o, self.model = o, model
        stacks = {}
        for name, weight in model.w.items():
            if o.muon and name.startswith("blk") and weight.ndim == 2:
                stacks.setdefault(tuple(weight.shape), []).append(weight)
        self.stacks = [(weights, torch.zeros(len(weights), *shape)) for shape, weights in stacks.items()]
        taken = {id(weight) for weights, _ in self.stacks for weight in weights}
        rest = [weight for weight in model.parameters() if id(weight) not in taken]
        self.adam = torch.optim.AdamW(rest, lr=o.lr, betas=(0.9, 0.98), weight_decay=0.0)

    def step(self, loss, rate):
        self.model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.adam.param_groups:
            group["lr"] = self.o.lr * rate
        self.adam.step()
        with torch.no_grad():
            for weights, momentum in self.stacks:
                gradient = torch.stack([weight.grad for weight in weights])
                momentum.lerp_(gradient, 0.05)
                update = orthogonal(gradient.lerp(momentum, 0.95))
                scale = max(1, update.shape[1] / update.shape[2]) ** 0.5
                for weight, change in zip(weights, update):
                    weight.sub_(change, alpha=self.o.muon * rate * scale)
