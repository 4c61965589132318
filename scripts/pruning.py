"""Takes out of a transformer the heads and inner units that are worth least for what they cost, while it learns to do
as larger ones do.

What a head or unit is worth: the Fisher information of a gate on it, the mean over pairs of the squared derivative of
the log-likelihood of a label drawn from what the network itself says (Theis et al. 2018, Faster gaze prediction with
dense networks and Fisher pruning). Between the cuts and after them the network learns the large ones' probabilities,
and what each third layer of the first of them gives (Xia et al. 2022, Structured pruning learns compact and accurate
models).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from pipeline.packed import GROUP, largest
from pipeline.pruned_transformer import HEAD, WIDTH, Gates, Layer, PairReader

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Parameters of a head, and of an inner unit.
HEAD_COST, UNIT_COST = 4 * WIDTH * HEAD, 2 * WIDTH
LEAST_HEADS = 1
# A cut: at which step, to which share of the parameters of the layers, the last one to what is wanted.
# The cuts: from which part of the steps on, to which share of the parameters of the layers; the last one is to what
# is wanted.
CUTS, LAST_CUT = ((0.0, 0.6), (0.04, 0.45), (0.09, 0.33), (0.15, 0.25)), 0.22
JUDGED_BY = 12  # batches
MATCHED = (2, 5, 8, 11)  # the layers that are to give what the first teacher's give
LABEL, SMOOTHING = (
    0.3,
    0.05,
)  # the weight of a label, where there is one, beside the probabilities'; and its smoothing
WARM_UP = 60  # steps, at the beginning and after each cut
DECAY = 0.01


class Batch(NamedTuple):
    """ids, mask: pairs × word pieces. labels: of each pair, -1 where nobody labelled it."""

    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor


Batches = Callable[[], Iterator[Batch]]


def mixed() -> torch.autocast:
    return torch.autocast(DEVICE, torch.bfloat16, enabled=DEVICE == "cuda")


def information(network: PairReader, batches: Sequence[Batch]) -> list[Gates]:
    """The Fisher information of each layer's heads and inner units: sums over pairs."""
    network.eval()
    found = [Gates(torch.zeros(s.heads, device=DEVICE), torch.zeros(s.inner, device=DEVICE)) for s in network.shapes]
    for batch in batches:
        gates = [
            Gates(*(torch.ones(len(batch.ids), n, device=DEVICE, requires_grad=True) for n in shape))
            for shape in network.shapes
        ]
        with mixed():
            scores, _ = network(batch.ids, batch.mask, gates)
        drawn = torch.multinomial(scores.float().softmax(1).detach(), 1)[:, 0]
        functional.cross_entropy(scores.float(), drawn, reduction="sum").backward()
        for sums, gate in zip(found, gates, strict=True):
            for total, factor in zip(sums, gate, strict=True):
                total += factor.grad.square().sum(0)
    network.zero_grad()
    return found


def cut(network: PairReader, worth: list[Gates], wanted: float) -> None:
    """Takes out what is worth least for its cost until so many parameters of heads and units are left.
    Inner units of a layer stay a multiple of GROUP."""
    kinds = [(layer, part) for layer in range(len(worth)) for part in (0, 1)]
    value = torch.cat([worth[layer][part] / (HEAD_COST, UNIT_COST)[part] for layer, part in kinds])
    sizes = [len(worth[layer][part]) for layer, part in kinds]
    cost = torch.cat(
        [torch.full((n,), float((HEAD_COST, UNIT_COST)[part])) for n, (_, part) in zip(sizes, kinds, strict=True)]
    )
    order = torch.argsort(value, descending=True).cpu()
    kept = torch.zeros(len(value), dtype=torch.bool)
    kept[order[: int((cost[order].cumsum(0) <= wanted).sum())]] = True
    for (layer, part), mine in zip(kinds, torch.split(kept, sizes), strict=True):
        most = worth[layer][part].argsort(descending=True).cpu()
        count = int(mine.sum())
        count = max(LEAST_HEADS, count) if part == 0 else min(max(GROUP, round(count / GROUP) * GROUP), len(mine))
        chosen = most[:count].sort().values.to(DEVICE)
        (keep_heads if part == 0 else keep_units)(network.layers[layer], chosen)


def drop_idle(network: PairReader, origins: list[int]) -> list[int]:
    """Takes out the layers that have been left the least. origins: which layer of the first teacher each is. Those of
    the layers that are left."""
    kept = [number for number, shape in enumerate(network.shapes) if shape != (LEAST_HEADS, GROUP)]
    network.layers = nn.ModuleList(network.layers[number] for number in kept)
    return [origins[number] for number in kept]


def keep_heads(layer: Layer, chosen: torch.Tensor) -> None:
    """Leaves a layer these heads."""
    attention = layer.attention
    places = (chosen[:, None] * HEAD + torch.arange(HEAD, device=chosen.device)).ravel()
    for name in ("query", "key", "value"):
        setattr(attention, name, _linear(getattr(attention, name), rows=places))
    attention.out = _linear(attention.out, columns=places)
    attention.relative = nn.Parameter(attention.relative.data[chosen])


def keep_units(layer: Layer, chosen: torch.Tensor) -> None:
    """Leaves a layer these inner units."""
    layer.up, layer.down = _linear(layer.up, rows=chosen), _linear(layer.down, columns=chosen)


def _linear(
    linear: nn.Linear, *, rows: torch.Tensor | slice = slice(None), columns: torch.Tensor | slice = slice(None)
) -> nn.Linear:
    weight, bias = linear.weight.data[rows][:, columns], linear.bias.data[rows]
    out = nn.Linear(weight.shape[1], weight.shape[0], device=weight.device)
    out.weight.data, out.bias.data = weight.contiguous(), bias.contiguous()
    return out


def layer_parameters(network: PairReader) -> int:
    return sum(shape.heads * HEAD_COST + shape.inner * UNIT_COST for shape in network.shapes)


class Rounded(nn.Module):
    """Weights as they are after packing, in the pass forward; their gradient goes to what they were."""

    def __init__(self, bits: int) -> None:
        super().__init__()
        self.bits = bits

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        groups = weight.detach().view(len(weight), -1, GROUP)
        scale = (groups.abs().amax(2, keepdim=True) / largest(self.bits)).half().float().clamp(min=1e-8)
        rounded = ((groups / scale).round() * scale).view_as(weight)
        return weight + (rounded - weight).detach()


def round_weights(network: PairReader, bits: int) -> None:
    """From here on the layers' matrices are read rounded."""
    for layer in network.layers:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                nn.utils.parametrize.register_parametrization(module, "weight", Rounded(bits))


def optimiser_of(network: PairReader, rate: float) -> torch.optim.AdamW:
    network.pieces.requires_grad_(False)
    learning = [p for p in network.parameters() if p.requires_grad]
    matrices = [p for p in learning if p.ndim > 1]
    others = [p for p in learning if p.ndim <= 1]
    return torch.optim.AdamW(
        [{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.98),
        fused=DEVICE == "cuda",
    )


def loss_of(
    network: PairReader, teachers: Sequence[PairReader], batch: Batch, origins: Sequence[int]
) -> tuple[torch.Tensor, torch.Tensor]:
    """What is to become less: of the probabilities and labels, and of what the layers give (1 where they give 0)."""
    with torch.no_grad(), mixed():
        judged = [teacher(batch.ids, batch.mask) for teacher in teachers]
    soft = torch.stack([scores.float().log_softmax(1) for scores, _ in judged]).mean(0).softmax(1)
    with mixed():
        scores, given = network(batch.ids, batch.mask)
    said = -(soft * scores.float().log_softmax(1)).sum()
    labelled = functional.cross_entropy(
        scores.float(), batch.labels, ignore_index=-1, label_smoothing=SMOOTHING, reduction="sum"
    )
    there = batch.mask[..., None]
    apart = []
    for layer in MATCHED:
        wanted = judged[0][1][layer].float() * there
        own = given[max((i for i, origin in enumerate(origins) if origin <= layer), default=0)].float() * there
        apart.append((own - wanted).square().sum() / wanted.square().sum())
    return (said + LABEL * labelled) / len(batch.labels), torch.stack(apart).mean()


class Pruning:
    """The first teacher's copy, which becomes what ships: `smaller` once, then `finished`."""

    def __init__(
        self,
        network: PairReader,
        teachers: Sequence[PairReader],
        batches: Iterator[Batch],
        check: Callable[[PairReader], str],
        check_each: int = 500,
    ) -> None:
        self.network, self._teachers, self._batches = network, teachers, batches
        self._check, self._check_each = check, check_each
        self.origins = list(range(len(network.shapes)))

    def smaller(self, steps: int, *, wanted: int, rates: tuple[float, float]) -> None:
        """Leaves so many parameters of heads and inner units. rates: of learning, until the last cut; at the end."""
        whole = layer_parameters(self.network)
        cuts = {int(at * steps): share * whole for at, share in CUTS} | {int(LAST_CUT * steps): float(wanted)}
        begun = 0
        for step in range(steps):
            if step in cuts:
                cut(
                    self.network,
                    information(self.network, [next(self._batches) for _ in range(JUDGED_BY)]),
                    cuts[step],
                )
                if cuts[step] == wanted:
                    self.origins = drop_idle(self.network, self.origins)
                shapes = [tuple(shape) for shape in self.network.shapes]
                print(f"  step {step}: {layer_parameters(self.network) / 1e6:.1f} million, {shapes}", flush=True)
                optimiser, begun = optimiser_of(self.network, rates[0]), step
                seen: list[torch.Tensor] = []
            done = max(0.0, step / steps - LAST_CUT) / (1 - LAST_CUT)
            rate = rates[0] + (rates[1] - rates[0]) * done
            seen.append(self._learn(optimiser, rate * min(1.0, (step - begun + 1) / WARM_UP)))
            self._tell(step + 1, steps, seen)

    def finished(self, steps: int, *, bits: int, rate: float, rounded_from: float) -> None:
        """Learns on, the rate falling to 0, from a part of the steps on with the layers' matrices rounded."""
        optimiser = optimiser_of(self.network, rate)
        seen: list[torch.Tensor] = []
        for step in range(steps):
            if step == int(rounded_from * steps):
                round_weights(self.network, bits)
            seen.append(self._learn(optimiser, rate * min(1 - step / steps, (step + 1) / WARM_UP)))
            self._tell(step + 1, steps, seen)
        self.network.eval()

    def _learn(self, optimiser: torch.optim.Optimizer, rate: float) -> torch.Tensor:
        """One step; what was to become less before it."""
        self.network.train()
        for group in optimiser.param_groups:
            group["lr"] = rate
        loss, apart = loss_of(self.network, self._teachers, next(self._batches), self.origins)
        optimiser.zero_grad()
        (loss + apart).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        optimiser.step()
        return torch.stack([loss.detach(), apart.detach()])

    def _tell(self, step: int, steps: int, seen: list[torch.Tensor]) -> None:
        if step % self._check_each == 0 or step == steps:
            loss, apart = torch.stack(seen).mean(0).tolist()
            seen.clear()
            print(f"  step {step}: loss {loss:.3f}, layers {apart:.3f}; {self._check(self.network)}", flush=True)
