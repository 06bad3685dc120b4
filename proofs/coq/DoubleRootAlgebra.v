(** * The algebra of a double root, of which R4 (DoubleRoot.v) makes use

    Numbers whose powers with coprime exponents are known, and the two equations that say that a root
    is double. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.algebra_tactics Require Import ring.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Positive [x = c^a] and [y = c^b] for some [c], if [x^b = y^a]. *)
Lemma common_root (F : realFieldType) (x y : F) a b :
  0 < x -> 0 < y -> (0 < a)%N -> gcdn a b = 1%N -> x ^+ b = y ^+ a ->
  exists2 c, 0 < c & c ^+ a = x /\ c ^+ b = y.
Proof.
move=> x_gt0 y_gt0 a_gt0 ab1 xy; have [u v uv _] := egcdnP b a_gt0.
rewrite ab1 in uv; have y_neq0 k : y ^+ k != 0 by rewrite expf_neq0 // gt_eqF.
exists (x ^+ u / y ^+ v); first by rewrite divr_gt0 ?exprn_gt0.
rewrite !exprMn !exprVn -!exprM uv; split.
  by rewrite exprD expr1 mulnC exprM xy -exprM mulnC mulrAC divff ?mul1r.
by rewrite mulnC exprM xy -exprM mulnC uv exprD expr1 mulrAC divff ?mul1r.
Qed.

(** Two powers with coprime exponents determine a number. *)
Lemma coprime_powers (F : fieldType) (x y : F) a b :
  y != 0 -> (0 < a)%N -> gcdn a b = 1%N -> x ^+ a = y ^+ a -> x ^+ b = y ^+ b ->
  x = y.
Proof.
move=> y_neq0 a_gt0 ab1 xa xb; have [u v uv _] := egcdnP b a_gt0.
rewrite ab1 in uv; apply: (mulfI (expf_neq0 (b * v) y_neq0)).
rewrite {1}exprM -xb -exprM -!exprSr -addn1 [(b * v)%N]mulnC -uv [(u * a)%N]mulnC.
by rewrite !exprM xa.
Qed.

(** The equations of a double root, linear in [u = z^l1] and [w = z^d], [d = l2 - l1]; [n] is
    [l1]. *)
Section Equations.
Variables (F : fieldType) (n d P Q u w : F).
Hypotheses (d_neq0 : d != 0) (w_neq0 : w != 0).

Lemma double_root_equations :
  u * w - P * w - Q = 0 /\ (n + d) * (u * w) - P * d * w = 0 <->
  (n + d) * u = P * d /\ n * (u * w) = - (Q * d).
Proof.
split=> [[value deriv] | [head tail]]; split.
- apply: (mulIf w_neq0); apply/eqP; rewrite -subr_eq0 -deriv; apply/eqP; ring.
- have -> : n * (u * w) =
    (n + d) * (u * w) - P * d * w - d * (u * w - P * w - Q) - Q * d by ring.
  by rewrite value deriv; ring.
- apply: (mulfI d_neq0); rewrite mulr0.
  have -> : d * (u * w - P * w - Q) =
    (n + d) * u * w - P * d * w - (n * (u * w) + Q * d) by ring.
  by rewrite head tail; ring.
by rewrite mulrA head subrr.
Qed.

Lemma double_root_curvature : (n + d) * u = P * d ->
  (n + d) * ((n + d) * (u * w)) - P * d * (d * w) = (n + d) * (n * (u * w)).
Proof. by move=> <-; ring. Qed.

End Equations.
