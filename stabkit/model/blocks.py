"""KV memory in blocks: what rounding up to whole blocks does to the memory kernel.

Servers hand out memory in blocks of b tokens (vLLM: 16), so that a request in stage j holds
b ceil((s + j + 1) / b) tokens instead of s + j + 1, and

    g_m = sum_k p_k b ceil((s_k + m + 1) / b) 1{m < l_k}.

The kernel is no longer that of a workload, but it is a kernel: the equilibrium is B / G(1) and its
stability is that of the polynomial sum_m g_m lambda^(L-1-m) as before. On the mean a request
holds (b - 1) / 2 tokens more. It is a step function, g_m = sum_{n > m} t_n, t_n = g_(n-1) - g_n: as
a `MemoryKernel` it has w = 0 and those t_n, some of them negative.

References
----------
docs/model.md, Blocks.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ..errors import InvalidWorkload, shown
from .kernel import MemoryKernel
from .notation import WorkloadLike, as_workload
from .numbers import whole_number
from .workload import Workload

__all__ = ["LARGEST_BLOCK", "block_kernel", "block_steps", "block_total", "blocks_of"]

LARGEST_BLOCK = 10**6
_LONGEST = 10**6


def blocks_of(tokens: Fraction | int, block_size: int) -> int:
    """Return the blocks that hold `tokens`: the quotient, rounded up.

    >>> blocks_of(150, 16)
    10
    """
    return math.ceil(Fraction(tokens, block_size))


def block_total(mix: WorkloadLike, block_size: int) -> Fraction:
    """Return G(1) in blocks: what an admission holds over its life, in tokens times steps.

    Parameters
    ----------
    mix : WorkloadLike
        With whole inputs: of a trace the requests themselves, `Workload.from_file(merge=False)`.
    block_size : int
        b, in tokens, 1 to 10^6.

    Returns
    -------
    Fraction

    Raises
    ------
    InvalidWorkload
        If an input is not whole, or a mean: that of merged requests says nothing about blocks.
    InvalidArgument
        If `block_size` is outside its domain.

    Examples
    --------
    Inputs of 15 tokens take one block for one step, then two:

    >>> block_total(Workload.from_classes([(15, 3)]), 16)
    Fraction(80, 1)
    """
    mix = as_workload(mix)
    block_size = _checked_size(mix, block_size)
    total = Fraction(0)
    for c in mix.classes:
        s = int(c.input_length)
        total += (
            c.share
            * block_size
            * (_sum_of_ceilings(s + c.decode_length, block_size) - _sum_of_ceilings(s, block_size))
        )
    return total


def _sum_of_ceilings(n: int, b: int) -> int:
    """Return sum of ceil(i / b) over 1 <= i <= n: q full runs of b, then r more."""
    q, r = divmod(n, b)
    return b * (q * (q + 1) // 2) + r * (q + 1)


def block_kernel(mix: WorkloadLike, block_size: int) -> list[Fraction]:
    """Return the memory kernel in blocks, g_0, ..., g_(L-1), in tokens.

    Parameters
    ----------
    mix : WorkloadLike
        With whole inputs and L at most 10^6; see `block_total`.
    block_size : int
        b, in tokens, 1 to 10^6.

    Returns
    -------
    list of Fraction
        g_m at index m: whole blocks, times b.

    Raises
    ------
    InvalidWorkload, InvalidArgument
        As in `block_total`, or if L is beyond its bound.

    Notes
    -----
    O(L + sum_k l_k / b): the kernel changes only where a request takes a new block, or leaves.

    Examples
    --------
    >>> block_kernel(Workload.from_classes([(15, 3)]), 16)
    [Fraction(16, 1), Fraction(32, 1), Fraction(32, 1)]
    """
    mix = as_workload(mix)
    kernel = block_steps(mix, block_size)
    return [Fraction(g, kernel.denominator) for g in kernel.coefficients]


def block_steps(mix: Workload, block_size: int) -> MemoryKernel:
    """Return the memory kernel in blocks as the integers that engines work on, in tokens.

    Parameters and exceptions are those of `block_kernel`.

    Its shares are 0, and its inputs may be negative, so that only what uses nothing but its
    coefficients, or its closed form as a polynomial, holds for it.

    >>> kernel = block_steps(Workload.from_classes([(15, 3)]), 16)
    >>> kernel.decode_lengths, kernel.inputs, kernel.coefficients
    ((1, 3), (-16, 32), (16, 32, 32))
    """
    block_size = _checked_size(mix, block_size)
    length = mix.longest_decode
    if length > _LONGEST:
        raise InvalidWorkload(f"'decode_length' must be at most {_LONGEST} here, not {length}.")
    fall: dict[int, Fraction] = {}
    for c in mix.classes:
        s, n = int(c.input_length), c.decode_length
        blocks = blocks_of(s + 1, block_size)
        # Stage m takes block B + 1 when s + m + 1 = B b + 1.
        for m in range(blocks * block_size - s, n, block_size):
            fall[m] = fall.get(m, Fraction(0)) - c.share * block_size
            blocks += 1
        fall[n] = fall.get(n, Fraction(0)) + c.share * blocks * block_size
    steps = sorted(m for m, fallen in fall.items() if fallen or m == length)
    scale = math.lcm(*(fall[m].denominator for m in steps))
    return MemoryKernel(
        scale, tuple(steps), (0,) * len(steps), tuple(int(fall[m] * scale) for m in steps)
    )


def _checked_size(mix: Workload, block_size: int) -> int:
    if mix.means:
        raise InvalidWorkload(
            "the classes must be single requests for memory in blocks, not means of several; read "
            "a trace with its requests apart."
        )
    for c in mix.classes:
        if c.input_length.denominator != 1:
            raise InvalidWorkload(
                "'input_length' must be a whole number of tokens for memory in blocks, not "
                f"{shown(c.input_length)}; read a trace with its requests apart."
            )
    return whole_number(block_size, "'block_size'", 1, LARGEST_BLOCK)
