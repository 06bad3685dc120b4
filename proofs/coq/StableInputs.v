(** * The refuted conjecture: no stable input below the threshold

    "If a mix with a common input [s] and with coprime decode lengths is stable, then [s > s*]",
    where [s*] is the largest common input at which a mode is on the unit circle. It is false: the
    lengths 4, 5, 6, 11, 12, 23 with the weights 326, 345, 139, 58, 113, 19 are stable at [s = 1] and
    not at 2, by the checker of SchurCohn.v. So, by Crossing.v, a mode is on the circle at an input
    above 1. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import zify ssrZ.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix CommonInput SchurCohn Verdict Crossing.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** The same decode lengths and shares with another input *)
Definition common_input (R : realFieldType) (M : mix R) (s : R) :=
  {in classes M, forall c, input c = s}.

Section WithInput.
Variables (R : realFieldType) (M : mix R).

Section At.
Variable t : R.
Hypothesis t_ge0 : 0 <= t.

Let changed : seq (Mix.class R) := [seq (t, decode c, share c) | c <- classes M].

Fact with_input_domain : all (@in_domain R) changed.
Proof.
rewrite all_map; apply/allP => c /classP[_ l_gt0 p_gt0].
by rewrite /in_domain /= t_ge0 l_gt0.
Qed.

Fact with_input_total : \sum_(c <- changed) share c == 1.
Proof. by rewrite big_map share_total. Qed.

(** The mix [M] with the input [t] in all its classes. *)
Definition with_input : mix R := Mix with_input_domain with_input_total.

Lemma common_with_input : common_input with_input t.
Proof. by move=> c /mapP[d _ ->]. Qed.

Lemma longest_with_input : longest with_input = longest M.
Proof. by rewrite /longest big_map. Qed.

Lemma survival_with_input m : survival with_input m = survival M m.
Proof. by rewrite /survival /mean big_map. Qed.

End At.

(** [F] at the input 0. *)
Definition at_zero : {poly R} :=
  \poly_(k < longest M) (((longest M).-1 - k).+1%:R * survival M ((longest M).-1 - k)).

(** [F] is linear in a common input. *)
Lemma common_characteristic s : common_input M s ->
  characteristic_poly M = at_zero + s *: survival_poly M.
Proof.
move=> sM; apply/polyP => k; rewrite coefD coefZ !coef_poly; case: ifP => _.
  by rewrite (common_kernel sM) -addrA -mulrSr mulrDl addrC.
by rewrite mulr0 addr0.
Qed.

End WithInput.

Lemma characteristic_with_input (R : realFieldType) (M : mix R) t (t_ge0 : 0 <= t) :
  characteristic_poly (with_input M t_ge0) = at_zero M + t *: survival_poly M.
Proof.
rewrite (common_characteristic (@common_with_input _ M t t_ge0)) /at_zero /survival_poly.
rewrite longest_with_input; congr (_ + _ *: _); apply/polyP => k; rewrite !coef_poly.
  by rewrite survival_with_input.
by rewrite survival_with_input.
Qed.

(** ** The conjecture *)
Section Refuted.
Variable R : rcfType.
Implicit Types (M : mix R) (s t : R).

(** At the common input [t] a mode is on the circle. *)
Definition crosses M t :=
  exists t_ge0 : 0 <= t, (0 < marginal_modes (with_input M t_ge0))%N.

(** A stable input is larger than the largest crossing [s*], if there is one: than every crossing. *)
Definition no_stable_input_below :=
  forall M s, common_input M s -> gcd_decode M = 1%N -> stable M ->
  forall t, crosses M t -> t < s.

(** Between a stable input and a larger one that is not, or at that one, there is a crossing. *)
Theorem crossing_between M s t (t_ge0 : 0 <= t) : common_input M s -> s < t ->
  stable M -> ~~ stable (with_input M t_ge0) -> exists2 u, s < u <= t & crosses M u.
Proof.
move=> sM s_lt M_stable t_not; have L_gt0 := longest_gt0 M.
have s_ge0 : 0 <= s by have [c c_in] := mix_nonempty M; rewrite -(sM c c_in); case: (classP c_in).
have lead v : s <= v <= t ->
    1 <= (at_zero M)`_(longest M).-1 + v * (survival_poly M)`_(longest M).-1.
  move=> /andP[s_le _]; rewrite !coef_poly prednK // leqnn subnn survival0 !mulr1.
  by rewrite ler_addl (le_trans s_ge0).
have [||||u u_in [z z1 Fz]] := root_on_circle_between _ _ ltr01 lead s_lt.
- by rewrite prednK // size_poly.
- by rewrite prednK // size_poly.
- by rewrite -(common_characteristic sM); apply/stable_inside.
- by rewrite -(characteristic_with_input M t_ge0) => /stable_inside; apply/negP.
have u_ge0 : 0 <= u by case/andP: u_in => s_le _; rewrite (le_trans s_ge0) // ltW.
exists u => //; exists u_ge0; rewrite /marginal_modes /zeros_on_circle -has_count.
apply/hasP; exists z; rewrite ?z1 //.
by rewrite mem_zeros ?complex_characteristic_poly_neq0 // characteristic_with_input.
Qed.

(** ** The counterexample, an instance of [crossing_between] *)
Definition six_lengths (s : Z) : seq integer_class := [::
  class s 4 326; class s 5 345; class s 6 139; class s 11 58; class s 12 113; class s 23 19].

Definition six_mix : mix R := mix_of R (isT : valid (six_lengths 1)).

Lemma six_mix_input : common_input six_mix 1.
Proof. by move=> c /mapP[d]; rewrite !inE => /or4P[|||/or3P[]] /eqP-> ->. Qed.

Lemma six_mix_gcd : gcd_decode six_mix = 1%N.
Proof. by rewrite /gcd_decode !big_cons big_nil. Qed.

Lemma eq_mix M N : classes M = classes N -> M = N.
Proof.
case: M N => cs cs_in cs1 [ds ds_in ds1] /= E; case: _ / E in ds_in ds1 *.
by congr Mix; apply: bool_irrelevance.
Qed.

Lemma six_mix_at (s : Z) (s_ge0 : 0 <= (int_of_Z s)%:~R :> R) (s_valid : valid (six_lengths s)) :
  with_input six_mix s_ge0 = mix_of R s_valid.
Proof. by apply: eq_mix; rewrite /= /classes_of /total !big_cons. Qed.

Theorem six_mix_verdicts :
  stable six_mix /\ ~~ stable (with_input six_mix (ler0n R 2)).
Proof.
split; first by apply/is_stable_correct; vm_compute.
by rewrite (@six_mix_at 2 _ isT); apply/negP => /is_stable_correct; vm_compute.
Qed.

(** The counterexample: gcd 1, stable with one token of input, and a crossing above it. *)
Theorem six_mix_refutes : [/\ common_input six_mix 1, gcd_decode six_mix = 1%N, stable six_mix
  & exists2 u, 1 < u <= 2%:R & crosses six_mix u].
Proof.
have [s1 s2] := six_mix_verdicts; split=> //; [exact: six_mix_input | exact: six_mix_gcd |].
exact: crossing_between six_mix_input (ltr1n R 2) s1 s2.
Qed.

Theorem stable_inputs_refuted : ~ no_stable_input_below.
Proof.
have [s1 gcd1 stable1 [u /andP[u_gt _] u_crosses]] := six_mix_refutes; move=> conjecture.
by have := conjecture _ _ s1 gcd1 stable1 u u_crosses; rewrite lt_gtF.
Qed.

End Refuted.
