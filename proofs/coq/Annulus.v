(** * R5: with one decode length every mode is unstable

    If all classes have the decode length [l >= 2], and [s] is their mean
    input, every mode is in the annulus
    [(s + l) / (s + l - 1) <= |z| <= (s + 2) / (s + 1)], and all [l - 1] of
    them are unstable. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix EnestromKakeya.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The ratios of neighbouring coefficients, [(x + 1) / x], fall with [x]. *)
Lemma ratio_falls (C : numFieldType) (x y : C) : 0 < x -> x <= y ->
  (y + 1) / y * x <= x + 1 /\ y + 1 <= (x + 1) / x * y.
Proof.
move=> x_gt0 x_le; have y_gt0 := lt_le_trans x_gt0 x_le.
have cross : (y + 1) * x <= (x + 1) * y.
  by rewrite !mulrDl !mul1r mulrC ler_add2l.
by rewrite mulrAC ler_pdivr_mulr // mulrAC ler_pdivl_mulr.
Qed.

Section OneDecodeLength.
Variables (R : rcfType) (M : mix R) (n : nat).
Hypothesis one_decode : {in classes M, forall c, decode c = n.+1}.

Let s : R := mean M (@input R).

Lemma one_longest : longest M = n.+1.
Proof. by have [c /one_decode -> ->] := longest_class M. Qed.

Lemma mean_input_ge0 : 0 <= s.
Proof. by apply: mean_ge0 => c /classP[]. Qed.

Lemma one_kernel m : (m <= n)%N -> kernel M m = s + m.+1%:R.
Proof.
move=> m_le; rewrite -(mean_const M m.+1%:R) -meanD; apply: eq_mean => c c_in.
by rewrite one_decode // ltnS m_le mulr1 -addrA -(natrD _ _ 1) addn1.
Qed.

(** The coefficients of [F], from the constant one on: [s + l - k]. *)
Let a k : R[i] := (s + (n - k).+1%:R)%:C%C.

Let mode_equation z :
  root (characteristic_poly M)^:C z -> \sum_(k < n.+1) a k * z ^+ k = 0.
Proof.
rewrite root_characteristic_poly one_longest => /eqP Fz; rewrite -[RHS]Fz.
by apply: eq_bigr => k _; rewrite one_kernel ?leq_subr.
Qed.

Let a_gt0 k : (k <= n)%N -> 0 < a k.
Proof. by rewrite ltcR ltr_spaddr ?mean_input_ge0 ?ltr0n. Qed.

Let a_step k : (k < n)%N -> a k = a k.+1 + 1.
Proof.
move=> k_lt; rewrite /a -(rmorph1 [rmorphism of real_complex R]) -rmorphD.
by rewrite -addrA -(natrD _ _ 1) addn1 subnSK.
Qed.

Let a_falls j k : (j <= k)%N -> a k <= a j.
Proof. by move=> jk; rewrite lecR ler_add2l ler_nat ltnS leq_sub2l. Qed.

Lemma annulus_outer z : root (characteristic_poly M)^:C z ->
  `|z| <= ((s + 2%:R) / (s + 1))%:C%C.
Proof.
have an : a n = (s + 1)%:C%C by rewrite /a subnn.
have -> : ((s + 2%:R) / (s + 1))%:C%C = (a n + 1) / a n.
  rewrite an -(rmorph1 [rmorphism of real_complex R]) -rmorphD -fmorph_div.
  by rewrite -addrA -(natrD _ 1 1).
move/mode_equation; apply: enestrom_kakeya_outer (a_gt0) _ => [|k k_lt].
  by rewrite divr_gt0 ?addr_gt0 ?ltr01 ?a_gt0.
rewrite a_step //; have a_le : a n <= a k.+1 by apply: a_falls.
by case: (ratio_falls (a_gt0 (leqnn n)) a_le).
Qed.

Lemma annulus_inner z : (0 < n)%N -> root (characteristic_poly M)^:C z ->
  ((s + n.+1%:R) / (s + n%:R))%:C%C <= `|z|.
Proof.
move=> n_gt0.
have -> : ((s + n.+1%:R) / (s + n%:R))%:C%C = (a 1%N + 1) / a 1%N.
  by rewrite -a_step // fmorph_div /a subn0 subnSK // subn0.
move/mode_equation; apply: enestrom_kakeya_inner (a_gt0) _ => [|k k_lt].
  by rewrite divr_gt0 ?addr_gt0 ?ltr01 ?a_gt0.
rewrite (a_step k_lt); have a_le : a k.+1 <= a 1%N by apply: a_falls.
by case: (ratio_falls (a_gt0 k_lt) a_le).
Qed.

End OneDecodeLength.

Section Annulus.
Variables (R : rcfType) (M : mix R) (l : nat).
Hypothesis l_ge2 : (2 <= l)%N.
Hypothesis one_decode : {in classes M, forall c, decode c = l}.

Let s : R := mean M (@input R).

(** R5 (i) and (ii). *)
Theorem annulus z : root (characteristic_poly M)^:C z ->
  ((s + l%:R) / (s + l%:R - 1))%:C%C <= `|z| <= ((s + 2%:R) / (s + 1))%:C%C.
Proof.
case: l l_ge2 one_decode => // n n_gt0 one Fz; apply/andP; split.
  have -> : s + n.+1%:R - 1 = s + n%:R by rewrite -addn1 natrD addrA addrK.
  exact: annulus_inner.
exact: (annulus_outer one Fz).
Qed.

(** R5 (iii): the inner radius exceeds 1. *)
Theorem every_mode_unstable : unstable_modes M = l.-1.
Proof.
rewrite /unstable_modes /zeros_outside count_zeros_all.
- rewrite size_map_poly size_characteristic_poly.
  by rewrite (one_longest (n := l.-1)) // prednK // ltnW.
- exact: complex_characteristic_poly_neq0.
move=> z /annulus/andP[inner _]; apply: lt_le_trans inner.
rewrite -(rmorph1 [rmorphism of real_complex R]) ltcR.
rewrite ltr_pdivl_mulr ?mul1r ?gtr_addl ?oppr_lt0 ?ltr01 // subr_gt0.
by rewrite ltr_paddl ?mean_input_ge0 // ltr1n.
Qed.

End Annulus.

(** ** Instance: inputs 0 and 4 in equal shares, three steps each *)
Section Instance.
Variable R : rcfType.

Let three_steps : mix R := @equal_shares R 0 3 4 3 isT.

Example three_steps_unstable :
  unstable_modes three_steps = 2%N /\
  forall z, root (characteristic_poly three_steps)^:C z ->
  (5%:R / 4%:R)%:C%C <= `|z| <= (4%:R / 3%:R)%:C%C.
Proof.
have one : {in classes three_steps, forall c, decode c = 3%N}.
  by move=> c; rewrite !inE => /orP[] /eqP ->.
split=> [|z Fz]; first exact: every_mode_unstable one.
have s2 : mean three_steps (@input R) = 2%:R.
  by rewrite mean_equal_shares add0r (natrM R 2 2) mulfK ?pnatr_eq0.
have := annulus (l := 3) isT one Fz.
by rewrite s2 -(natrD _ 2 3) (natrD _ 4 1) addrK -(natrD _ 2 1) -(natrD _ 2 2).
Qed.

End Instance.
