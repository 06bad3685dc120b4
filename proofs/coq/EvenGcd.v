(** * An even gcd is always unstable

    If the gcd of the decode lengths is even, there is a real mode below -1:
    [G(-1) = - mu / 2 < 0 < G(0)], and the intermediate value theorem gives a
    zero of [G] between -1 and 0. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex polyrcf.
From mathcomp.algebra_tactics Require Import ring.
From stabkit Require Import Mix.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Two neighbouring stages differ by one token. *)
Lemma alternating_sum (R : numFieldType) (s : R) q :
  \sum_(m < q.*2) (s + m%:R + 1) * (-1) ^+ m = - q%:R.
Proof.
elim: q => [|q IH]; first by rewrite big_ord0 oppr0.
have e1 : (-1) ^+ q.*2 = 1 :> R by rewrite -signr_odd odd_double.
rewrite doubleS 2!big_ord_recr /= IH exprS e1.
by rewrite [q.*2.+1%:R]mulrS [q.+1%:R]mulrS; ring.
Qed.

Section EvenGcd.
Variables (R : rcfType) (M : mix R).
Hypothesis even_gcd : ~~ odd (gcd_decode M).

Lemma generating_N1 : (generating_poly M).[-1] = - mean_decode M / 2%:R.
Proof.
have two_neq0 : 2%:R != 0 :> R by rewrite pnatr_eq0.
apply: (mulIf two_neq0); rewrite divfK // horner_generating mulrC -meanZ.
rewrite /mean_decode -[RHS]mulN1r -[RHS]meanZ.
apply: eq_mean => c /gcd_dvd_decode/(dvdn_odd) odd_l.
have even_l : ~~ odd (decode c) by apply: contra even_gcd; apply: odd_l.
have lE : decode c = (decode c)./2.*2 by rewrite -[LHS]odd_double_half (negPf even_l).
by rewrite lE alternating_sum -muln2 natrM mulN1r mulrN mulrC.
Qed.

(** (i): a real mode below -1. *)
Theorem even_gcd_real_mode : exists2 x, x < -1 & root (characteristic_poly M) x.
Proof.
have G0 : 0 < (generating_poly M).[0].
  by rewrite horner_coef0 coef_poly longest_gt0 kernel_gt0 ?longest_gt0.
have GN1 : (generating_poly M).[-1] < 0.
  by rewrite generating_N1 mulNr oppr_lt0 divr_gt0 ?mean_decode_gt0 ?ltr0n.
have [||z /andP[z_ge z_le] /eqP Gz] := @poly_ivt R (generating_poly M) (-1) 0.
- exact: lerN10.
- by rewrite !ltW.
have z_gt : -1 < z.
  rewrite lt_neqAle z_ge andbT; apply: contraTneq GN1 => ->.
  by rewrite Gz ltxx.
have z_lt : z < 0.
  rewrite lt_neqAle z_le andbT; apply: contraTneq G0 => z0.
  by rewrite -[X in _.[X]]z0 Gz ltxx.
exists z^-1; first by rewrite -[X in _ < X]invrN1 ltf_ninv ?negrE ?oppr_lt0 ?ltr01.
rewrite rootE horner_characteristic ?invr_eq0 ?ltr0_neq0 //.
by rewrite invrK Gz mulr0.
Qed.

(** (ii): at least one unstable mode. *)
Corollary even_gcd_unstable : (0 < unstable_modes M)%N.
Proof.
have [x x_lt Fx] := even_gcd_real_mode.
rewrite /unstable_modes /zeros_outside -has_count; apply/hasP; exists x%:C%C.
  by rewrite mem_zeros ?complex_characteristic_poly_neq0 // rmorph_root.
have x_lt0 : x%:C%C < 0 by rewrite ltcR (lt_trans x_lt) // ltrN10.
by rewrite ltr0_norm // ltr_oppr -(rmorphN1 [rmorphism of real_complex R]) ltcR.
Qed.

End EvenGcd.

(** ** Instance: inputs 4 and 0, lengths 2 and 4 in equal shares, where [F = (3 X + 4) (X^2 + 1/2)]
    and the real mode is -4/3 *)
Section Instance.
Variable R : rcfType.

Let two_four : mix R := @equal_shares R 4 2 0 4 isT.

Example two_four_mode : [/\ ~~ odd (gcd_decode two_four), - (4%:R / 3%:R) < -1 :> R
  & root (characteristic_poly two_four) (- (4%:R / 3%:R))].
Proof.
have L4 : longest two_four = 4%N by rewrite longest_equal_shares.
split; first by rewrite /gcd_decode !big_cons big_nil.
  by rewrite ltr_opp2 ltr_pdivl_mulr ?ltr0n // mul1r ltr_nat.
have [k0 k1 k2 k3] : [/\ kernel two_four 0 = 3%:R, kernel two_four 1 = 4%:R,
    kernel two_four 2 = 3%:R / 2%:R & kernel two_four 3 = 2%:R].
  by rewrite /kernel !mean_equal_shares /= /input /=; split; field.
rewrite rootE horner_poly L4 !big_ord_recr big_ord0 /= !subSS !subn0 k0 k1 k2 k3.
by apply/eqP; field.
Qed.

Example two_four_unstable : (0 < unstable_modes two_four)%N.
Proof. by apply: even_gcd_unstable; rewrite /gcd_decode !big_cons big_nil. Qed.

End Instance.
