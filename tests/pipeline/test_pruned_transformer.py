"""The network that reads pairs: MPNet's, with as many heads and inner units a layer as are left."""

from __future__ import annotations

import torch
from transformers import MPNetConfig, MPNetModel
from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

from pipeline.pruned_transformer import BUCKETS, FIRST_POSITION, WIDTH, Gates, PairReader, Shape, relative_buckets
from scripts.pruning import Batch, cut, drop_idle, information, keep_heads, keep_units
from scripts.published_reader import layers

PIECES, LABELS = 30, 4
IDS = torch.tensor([[0, 5, 9, 2, 7, 8, 2], [0, 6, 2, 7, 2, 0, 0]])
MASK = torch.tensor([[1.0] * 7, [1.0] * 5 + [0.0] * 2])


def reader(shapes: list[Shape]) -> PairReader:
    torch.manual_seed(0)
    network = PairReader(shapes, pieces=PIECES, positions=12, labels=LABELS).eval()
    for layer in network.layers:
        torch.nn.init.normal_(layer.attention.relative)
    return network


def test_it_gives_what_mpnet_gives() -> None:
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=PIECES,
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=12,
        intermediate_size=128,
        layer_norm_eps=1e-5,
    )
    published = MPNetModel(config, add_pooling_layer=False).eval()
    torch.nn.init.normal_(published.encoder.relative_attention_bias.weight)
    own = reader([Shape(12, 128)] * 2)
    state = own.state_dict()
    theirs = published.state_dict()
    named = layers({name: values.numpy() for name, values in theirs.items()})
    state |= {name: torch.from_numpy(values.copy()) for name, values in named.items()}
    state["pieces.weight"] = theirs["embeddings.word_embeddings.weight"]
    positions = theirs["embeddings.position_embeddings.weight"]
    state["positions.weight"] = positions[FIRST_POSITION : FIRST_POSITION + 12]
    state |= {f"norm.{part}": theirs[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")}
    own.load_state_dict(state)
    places = torch.arange(FIRST_POSITION, FIRST_POSITION + 7)[None].expand(2, -1)
    with torch.inference_mode():
        wanted = published(input_ids=IDS, attention_mask=MASK, position_ids=places).last_hidden_state
        _, given = own(IDS, MASK)
    assert torch.allclose(given[-1] * MASK[..., None], wanted * MASK[..., None], atol=1e-5)


def test_relative_positions_are_told_apart_as_in_mpnet() -> None:
    places = torch.arange(300)
    wanted = MPNetEncoder.relative_position_bucket(places[None, :] - places[:, None], BUCKETS)
    assert torch.equal(relative_buckets(places), wanted)


def test_what_stands_beyond_a_pair_changes_nothing() -> None:
    network = reader([Shape(3, 128)])
    with torch.inference_mode():
        scores, _ = network(IDS, MASK)
        alone, _ = network(IDS[1:, :5], MASK[1:, :5])
    assert torch.allclose(scores[1:], alone, atol=1e-5)


def test_taking_out_is_a_gate_of_nought() -> None:
    network = reader([Shape(3, 128)])
    gates = [Gates(torch.tensor([[1.0, 0.0, 1.0]]).expand(2, -1), (torch.arange(128) < 64).float().expand(2, -1))]
    with torch.inference_mode():
        wanted, _ = network(IDS, MASK, gates)
    keep_heads(network.layers[0], torch.tensor([0, 2]))
    keep_units(network.layers[0], torch.arange(64))
    assert network.shapes == [Shape(2, 64)]
    with torch.inference_mode():
        found, _ = network(IDS, MASK)
    assert torch.allclose(found, wanted, atol=1e-5)


def test_what_changes_nothing_is_taken_out_first() -> None:
    network = reader([Shape(2, 128), Shape(2, 128)])
    with torch.no_grad():
        network.layers[0].attention.out.weight[:, :64] = 0  # the first head's part
        network.layers[1].down.weight[:, 64:] = 0
    worth = information(network, [Batch(IDS, MASK, torch.full((2,), -1))])
    assert worth[0].heads[0] == 0 < worth[0].heads[1]
    whole = sum(shape.heads * 4 * WIDTH * 64 + shape.inner * 2 * WIDTH for shape in network.shapes)
    cut(network, worth, whole - 4 * WIDTH * 64 - 64 * 2 * WIDTH)
    assert network.shapes == [Shape(1, 128), Shape(2, 64)]


def test_a_layer_that_was_left_the_least_goes() -> None:
    network = reader([Shape(2, 128), Shape(1, 64), Shape(1, 128)])
    assert drop_idle(network, [0, 1, 2]) == [0, 2]
    assert network.shapes == [Shape(2, 128), Shape(1, 128)]
