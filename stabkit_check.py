"""Check the certificates of stabkit: ``python stabkit_check.py FILE ...``. It needs Python alone.
It counts zeros of G(z) = sum g_m z^m in the unit disc; docs/certificates.md has the proofs.
"""
import json
import sys
from fractions import Fraction
from math import gcd, isqrt, lcm

def demand(holds, what):
    if not holds:
        raise ValueError(what)

def split(g, common, rest, points):
    """G = common * rest. All zeros of `common` are on the circle: -1, or e^(+-it), 2 cos t = x."""
    found = [0] * (len(common) + len(rest) - 1)
    for k, x in enumerate(common):
        found[k : k + len(rest)] = [u + x * y for u, y in zip(found[k:], rest)]
    demand(found == g and sum(rest) > 0, "G is common times rest")
    p, points, signs = common, [-2, *map(Fraction, points), 2], []
    while sum(p[::2]) == sum(p[1::2]):
        below = 0
        p = [below := x - below for x in p[::-1]][-2::-1]  # divided by z + 1
    for x in points[1:-1]:
        t, before, total = x, 2, p[len(p) // 2]  # t = z^k + z^-k
        for c in p[len(p) // 2 + 1 :]:
            total, t, before = total + c * t, x * t - before, t
        signs.append(total > 0)
    changes = sum(u != v for u, v in zip(signs, signs[1:]))
    demand(p == p[::-1] and sorted(points) == points and 2 * changes == len(p) - 1, "the circle")

def chain(p, chain):
    """P -> T = (p_n P - p_0 P*) / z, to a constant. Rouche: N(P) = N(T) + 1, or n - 1 - N(T)."""
    within, sign = 0, 1
    for given in chain:
        demand([given[-1] * x for x in p] == [p[-1] * x for x in given], "the chain")
        p = [given[-1] * x - given[0] * y for x, y in zip(given, given[::-1])][1:]
        demand(p[-1], "the chain goes down one by one")
        expands = abs(given[-1]) > abs(given[0])
        within, sign = within + sign * (1 if expands else len(p) - 1), sign if expands else -sign
    demand(len(p) == 1 and p[0], "the chain ends with a constant")
    return within

def times(x, y, p):
    return (x[0] * y[0] - x[1] * y[1]) >> p, (x[0] * y[1] + x[1] * y[0]) >> p

def turns(p, levels):
    """Return exp(2 pi i / 2^k), k = 0, ..., levels in units of 2^-p, to within 2 units."""
    c, s, found = 0, 1 << p + 32, [(1 << p, 0), (-1 << p, 0)]
    while len(found) <= levels:
        found.append((c >> 32, s >> 32))
        c = isqrt(((1 << p + 32) + c) << p + 31)
        s = (s << p + 32) // (2 * c)
    return found

def transform(x, roots, p):
    if len(x) > 1:  # to sum_m x_m w^(m k) for all k; `roots` are the powers of w
        even, odd = (transform(x[k::2], roots[::2], p) for k in (0, 1))
        odd = [times(value, root, p) for value, root in zip(odd, roots)]
        x = [(a + c, b + d) for (a, b), (c, d) in zip(even, odd)]
        x += [(a - c, b - d) for (a, b), (c, d) in zip(even, odd)]
    return x

def grid(g, p, bits, level):
    """Return W at all t = (2 a + 1) / 2^(level + 1) in units of 2^-bits, and an error bound."""
    n, roots, x = 1 << level, [(1 << p, 0)], [0] * (1 << level)
    for turn in turns(p, level + 1)[2:]:
        roots = [w for root in roots for w in (root, times(root, turn, p))]
    for m, value in enumerate(g, -(len(g) // 2)):
        x[m % n] = value << bits if m >= 0 else -value << bits
    values = [times(pair, root, p) for pair, root in zip(zip(x, x[n // 2 :]), roots)]
    values = transform(values, roots[::4], p)
    error = (5 * (level + 1) * (level + 2) * sum(map(abs, g)) << bits >> p) + 4 * n
    return [w for v, u in zip(values, values[::-1]) for w in (v, (u[0], -u[1]))], error

def at(g, p, bits, level, a):
    """Return the same for one a, by the recurrence b_m = g_m + (z + 1/z) b_(m + 1) - b_(m + 2)."""
    b, before, unit, roots, total = 0, 0, 5 * level + 10, [], sum(map(abs, g)) << bits
    for odd in (2 * a + 1, -(2 * a + 1) * (len(g) // 2), -(2 * a + 1) * (len(g) // 2 + 1)):
        roots.append((1 << p, 0))
        for k, turn in enumerate(turns(p, level + 1)):
            roots[-1] = times(roots[-1], turn, p) if odd >> (level + 1 - k) & 1 else roots[-1]
    for value in g[::-1]:
        b, before = (value << bits) + (2 * roots[0][0] * b >> p) - before, b
    demand(8 * unit * len(g) ** 2 < 1 << p, "enough precision")
    value = [(b * x - before * y) >> p for x, y in zip(*roots[1:])]
    return value, (16 * unit * len(g) ** 2 * (total + len(g)) >> p) + 2 * len(g) + 4

def arcs(g, precision, bits, box, depth, arcs):
    """Half turns of W(t) = z^-c G(z), z = e^(2 pi i t), 0 <= t <= 1/2, and c; by middles."""
    demand(2**depth >= len(g) and 3 <= depth <= min(precision - 40, min(arcs)[0]), "depth")
    c, table, general = len(g) // 2, *grid(g, precision, bits, depth)
    edges = 18 * sum(abs((m - c) * (x - y)) for m, (x, y) in enumerate(zip([*g, 0], [0, *g])))
    slope = 18 * sum(abs((m - c) * x) for m, x in enumerate(g))
    end, whole, polygon = 0, max(arcs)[0], [(1, 0)]
    for e, x, y in arcs:  # [end, end + 2^-e]; W(middle) is in the box of this corner
        a, rest = divmod(end << e, 1 << whole)
        value, error = (table[a], general) if e == depth else at(g, precision, bits, e, a)
        polygon.append((2 * x + 1, 2 * y + 1))  # in halves of the unit 2^(box - bits)
        off = max(abs(2 * true - (half << box)) for true, half in zip(value, polygon[-1]))
        demand(16 * error <= 1 << box and off <= (1 << box) + 2 * error, f"the box of arc {a}")
        size = isqrt((2 * x + 1) ** 2 + (2 * y + 1) ** 2) - 2  # of W at least, in halves
        flat = size * (8 * a + 4) << box > edges << bits or size << box + e + 1 > slope << bits
        demand(rest == 0 and size >= 6 and flat, f"arc {a}")
        end += 1 << whole - e
    polygon.append((sum(x * (-1) ** (m + c) for m, x in enumerate(g)), 0))
    demand(end == 1 << whole - 1 and polygon[-1][0], "the arcs are the half circle")
    for (a, b), (x, y) in zip(polygon, polygon[1:]):
        if (b > 0 or b == 0 < a) != (y > 0 or y == 0 < x):
            c += 1 if a * y > b * x else -1
    return c

def disc(g, u, v, r):
    """Rouche: F has one root within r of u + i v, as |F| + r^2 / 2 max |F''| < |F'| r."""
    sizes, d, most = [], lcm(u.denominator, v.denominator), max(1, abs(u) + abs(v) + r) ** len(g)
    for f in (g, slopes := [(len(g) - 1 - m) * x for m, x in enumerate(g)][:-1]):
        x, y = 0, 0
        for m, value in enumerate(f):
            x, y = int(x * u * d - y * v * d) + value * d**m, int(x * v * d + y * u * d)
        sizes.append(Fraction(isqrt(x * x + y * y), d ** (len(f) - 1)))
    least = sizes[0] + Fraction(1, d ** len(slopes)) + r * r * sum(slopes) * len(g) * most
    demand(least < sizes[1] * r, f"one root within {r} of {u} + {v} i")

def check(claim):
    mix, g = [[Fraction(x) for x in c] for c in claim["mix"]], []
    demand(all(s >= 0 < l and l.denominator == 1 and p > 0 for s, l, p in mix), "a mix")
    d = lcm(*(part.denominator for s, _, p in mix for part in (p, p * s)))
    for s, l, p in mix:  # g_m has p (s + m + 1) of those that live longer
        g += [0] * (int(l) - len(g))
        first, share = int(p * (s + 1) * d), int(p * d)
        g[: int(l)] = [x + first + share * m for m, x in enumerate(g[: int(l)])]
    g = [x // content for content in [gcd(*g)] for x in g]
    split(g, claim["common"], claim["rest"] or g, claim["between"])
    within = {"chain": chain, "arcs": arcs}[claim["kind"]](claim["rest"] or g, **claim["proof"])
    counts = [len(g) - len(claim["common"]) - within, len(claim["common"]) - 1, within]
    verdict = "unstable" if within else "marginal" if counts[1] else "stable"
    demand([claim["modes"], claim["verdict"]] == [counts, verdict], "counts and verdict")
    for root in claim["discs"]:
        disc(g, *map(Fraction, root))
    named = " ".join(f"{s}:{l}:{p}" for s, l, p in mix[:9]) + " ..." * (len(mix) > 9)
    return f"{named} is {verdict}: modes inside, on and outside of the unit circle {counts}"

if __name__ == "__main__":
    for path in sys.argv[1:] or sys.exit("usage: python stabkit_check.py CERTIFICATE ..."):
        try:
            with open(path, encoding="utf-8") as file:  # without floats, NaN and Infinity
                read = json.load(file, parse_float=int, parse_constant=int)
            demand(read["schema"] == "stabkit.certificate/1" and read["claims"], "the schema")
            print(*map(check, read["claims"]), f"{path}: proved, by docs/certificates.md", sep="\n")
        except (ValueError, LookupError, TypeError, ArithmeticError, OSError, RuntimeError) as why:
            sys.exit(f"{path}: refused: {type(why).__name__}: {str(why)[:200]}")
