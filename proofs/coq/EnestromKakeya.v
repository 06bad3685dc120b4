(** * The Eneström-Kakeya theorem, with its case of equality

    If [a_0, ..., a_n > 0] and [alpha a_(k+1) <= a_k], all zeros of
    [sum_k a_k z^k] have [|z| >= alpha]; if [a_k <= beta a_(k+1)], all have
    [|z| <= beta].  For [beta = 1] the zeros with [|z| = 1] are the [z <> 1]
    with [z^(n+1) = 1] and [z^k = 1] wherever [a_(k-1) < a_k].

    Positive numbers of [C] are real, so that the coefficients are in [C]. *)

From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Rising.
Variables (C : numClosedFieldType) (n : nat) (a : nat -> C).
Hypothesis a0_gt0 : 0 < a 0%N.
Hypothesis a_rises : forall k, (k < n)%N -> a k <= a k.+1.

Let p z := \sum_(k < n.+1) a k * z ^+ k.

(** The steps of the coefficients: [a_0, a_1 - a_0, ..., a_n - a_(n-1)]. *)
Let step k := if k is j.+1 then a k - a j else a 0%N.

Fact step_ge0 k : (k <= n)%N -> 0 <= step k.
Proof. by case: k => [_|k lt_kn] /=; [apply: ltW | rewrite subr_ge0 a_rises]. Qed.

Fact sum_step m : \sum_(k < m.+1) step k = a m.
Proof.
elim: m => [|m IH]; first by rewrite big_ord1.
by rewrite big_ord_recr IH /= addrC subrK.
Qed.

Fact last_gt0 : 0 < a n.
Proof.
rewrite -sum_step big_ord_recl /= ltr_spaddl //.
by apply: sumr_ge0 => k _; apply: (step_ge0 (ltn_ord k)).
Qed.

(** [(1 - z) p(z)] is the sum of the steps less its last term. *)
Fact telescope m z :
  (1 - z) * (\sum_(k < m.+1) a k * z ^+ k) =
  \sum_(k < m.+1) step k * z ^+ k - a m * z ^+ m.+1.
Proof.
elim: m => [|m IH]; first by rewrite !big_ord1 /= !mulr1 mulrBl mul1r mulrC.
rewrite big_ord_recr [in RHS]big_ord_recr /= mulrDr IH !mulrBl mul1r.
by rewrite [z * _]mulrCA -exprS addrACA !addrA.
Qed.

Fact zero_balance z : p z = 0 -> \sum_(k < n.+1) step k * z ^+ k = a n * z ^+ n.+1.
Proof. by move=> pz0; apply/eqP; rewrite -subr_eq0 -telescope [X in _ * X]pz0 mulr0. Qed.

Lemma rising_zeros z : p z = 0 -> `|z| <= 1.
Proof.
move=> /zero_balance bal; rewrite real_leNgt ?real1 ?normr_real //; apply/negP=> z_gt1.
have: `|a n * z ^+ n.+1| <= a n * `|z| ^+ n.
  rewrite -bal -sum_step mulr_suml; apply: (le_trans (ler_norm_sum _ _ _)).
  apply: ler_sum => -[k k_le] _ /=; have s_ge0 : 0 <= step k := step_ge0 k_le.
  rewrite normrM (ger0_norm s_ge0) normrX ler_wpmul2l //.
  by rewrite ler_weexpn2l // ltW.
by rewrite normrM normrX (gtr0_norm last_gt0) ler_pmul2l ?last_gt0 //
  ler_eexpn2l // ltnn.
Qed.

(** On the circle both sides of the balance have the modulus [a_n]: the
    triangle inequality is an equality, and all terms point the same way. *)
Lemma rising_zeros_on_circle z : `|z| = 1 ->
  p z = 0 <->
  [/\ z != 1, z ^+ n.+1 = 1
    & forall k, (k < n)%N -> a k < a k.+1 -> z ^+ k.+1 = 1].
Proof.
move=> z1; split=> [pz0 | [z_neq1 zn1 zk1]]; last first.
  have /eqP := telescope n z; rewrite zn1 mulr1.
  have -> : \sum_(k < n.+1) step k * z ^+ k = a n.
    rewrite -[RHS]sum_step; apply: eq_bigr => -[[|k] k_lt] _ /=.
      by rewrite mulr1.
    have := a_rises k_lt; rewrite le_eqVlt => /orP[/eqP <-|/zk1->//].
      by rewrite subrr mul0r.
    by rewrite mulr1.
  by rewrite subrr mulf_eq0 subr_eq0 eq_sym (negPf z_neq1) => /eqP.
have bal := zero_balance pz0.
have nz k : `|z ^+ k| = 1 by rewrite normrX z1 expr1n.
have norm_step (k : 'I_n.+1) : `|step k * z ^+ k| = step k.
  by rewrite normrM nz mulr1 ger0_norm // step_ge0 // -ltnS.
have: `|\sum_(k < n.+1) step k * z ^+ k| = \sum_(k < n.+1) `|step k * z ^+ k|.
  rewrite bal normrM nz mulr1 (gtr0_norm last_gt0) -sum_step.
  by apply: eq_bigr => k _; rewrite norm_step.
case/normC_sum_eq=> t _ tE.
have step1 (k : 'I_n.+1) : step k * z ^+ k = step k * t.
  by rewrite tE // norm_step.
have t1 : t = 1.
  apply: (mulfI (lt0r_neq0 a0_gt0)); rewrite mulr1.
  by have /= := step1 ord0; rewrite mulr1 => <-.
split.
- apply: contra_eq_neq pz0 => ->; rewrite lt0r_neq0 //.
  rewrite /p big_ord_recl /= mulr1 ltr_spaddl //; apply: sumr_ge0 => k _.
  rewrite expr1n mulr1 -sum_step; apply: sumr_ge0 => j _.
  by apply: step_ge0; rewrite -ltnS (leq_trans (ltn_ord j)) // ltnS.
- apply: (mulfI (lt0r_neq0 last_gt0)); rewrite -bal mulr1 -[RHS]sum_step.
  by apply: eq_bigr => k _; rewrite step1 t1 mulr1.
move=> k k_lt; rewrite -subr_gt0 => /lt0r_neq0 step_neq0.
apply: (mulfI step_neq0); rewrite mulr1.
by have /= := step1 (Ordinal (k_lt : (k.+1 < n.+1)%N)); rewrite t1 mulr1.
Qed.

End Rising.

(** ** The theorem of Eneström and Kakeya *)
Section EnestromKakeya.
Variables (C : numClosedFieldType) (n : nat).

Theorem enestrom_kakeya_outer (a : nat -> C) (beta z : C) : 0 < beta ->
  (forall k, (k <= n)%N -> 0 < a k) ->
  (forall k, (k < n)%N -> a k <= beta * a k.+1) ->
  \sum_(k < n.+1) a k * z ^+ k = 0 -> `|z| <= beta.
Proof.
move=> b_gt0 a_gt0 a_le pz0.
have scale k : a k * beta ^+ k * (z / beta) ^+ k = a k * z ^+ k.
  by rewrite -mulrA -exprMn mulrC divfK ?gt_eqF.
have := @rising_zeros C n (fun k => a k * beta ^+ k) _ _ (z / beta).
rewrite normrM normfV (gtr0_norm b_gt0) ler_pdivr_mulr // mul1r; apply.
- by rewrite mulr1 a_gt0.
- by move=> k k_lt; rewrite exprS mulrA ler_pmul2r ?exprn_gt0 // mulrC a_le.
by rewrite -[RHS]pz0; apply: eq_bigr => k _; apply: scale.
Qed.

Theorem enestrom_kakeya_inner (a : nat -> C) (alpha z : C) : 0 < alpha ->
  (forall k, (k <= n)%N -> 0 < a k) ->
  (forall k, (k < n)%N -> alpha * a k.+1 <= a k) ->
  \sum_(k < n.+1) a k * z ^+ k = 0 -> alpha <= `|z|.
Proof.
move=> alpha_gt0 a_gt0 a_ge pz0; have z_neq0 : z != 0.
  apply: contra_eq_neq pz0 => ->; rewrite lt0r_neq0 // big_ord_recl mulr1.
  by rewrite big1 ?addr0 ?a_gt0 // => k _; rewrite exprS mul0r mulr0.
rewrite -lef_pinv ?posrE ?normr_gt0 // -normfV.
apply: (@enestrom_kakeya_outer (fun k => a (n - k)%N)); rewrite ?invr_gt0 //.
- by move=> k _; rewrite a_gt0 ?leq_subr.
- move=> k k_lt; rewrite ler_pdivl_mull //.
  by rewrite -[(n - k)%N](@subnSK k) // a_ge // subnSK // leq_subr.
apply: (mulfI (expf_neq0 n z_neq0)); rewrite mulr0 -[RHS]pz0 mulr_sumr.
rewrite (reindex_inj rev_ord_inj); apply: eq_bigr => -[k k_le] _ /=.
by rewrite subSS subKn // mulrCA exprVn -expfB_cond ?subKn // (negPf z_neq0) leq_subr.
Qed.

(** The case of equality, for [beta = 1]. *)
Theorem enestrom_kakeya_equality (a : nat -> C) (z : C) : `|z| = 1 ->
  0 < a 0%N -> (forall k, (k < n)%N -> a k <= a k.+1) ->
  \sum_(k < n.+1) a k * z ^+ k = 0 <->
  [/\ z != 1, z ^+ n.+1 = 1
    & forall k, (k < n)%N -> a k < a k.+1 -> z ^+ k.+1 = 1].
Proof. by move=> z1 a0_gt0 a_rises; apply: rising_zeros_on_circle. Qed.

End EnestromKakeya.

(** ** Instances *)
Section Instances.
Variable C : numClosedFieldType.
Implicit Type z : C.

(** [1 + 2 z + 3 z^2]: ratios 1/2 and 2/3 of neighbouring coefficients. *)
Example enestrom_kakeya_instance z :
  1 + 2%:R * z + 3%:R * z ^+ 2 = 0 -> 2%:R^-1 <= `|z| <= 2%:R / 3%:R.
Proof.
move=> z0; have pz0 : \sum_(k < 3) k.+1%:R * z ^+ k = 0.
  by rewrite !big_ord_recr big_ord0 /= add0r !mulr1.
apply/andP; split.
  apply: (enestrom_kakeya_inner (n := 2) (a := fun k => k.+1%:R)) pz0 => [|k _|k].
  - by rewrite invr_gt0 ltr0n.
  - by rewrite ltr0n.
  by case: k => [|[|]] // _; rewrite ler_pdivr_mull ?ltr0n // -natrM ler_nat.
apply: (enestrom_kakeya_outer (n := 2) (a := fun k => k.+1%:R)) pz0 => [|k _|k].
- by rewrite divr_gt0 ?ltr0n.
- by rewrite ltr0n.
by case: k => [|[|]] // _; rewrite mulrAC ler_pdivl_mulr ?ltr0n // -!natrM ler_nat.
Qed.

(** [1 + z + 2 z^2 + 2 z^3] rises at 2 alone: on the circle [z^2 = z^4 = 1],
    [z <> 1], and that is -1. *)
Example enestrom_kakeya_equality_instance z : `|z| = 1 ->
  1 + z + 2%:R * z ^+ 2 + 2%:R * z ^+ 3 = 0 <-> z = -1.
Proof.
move=> z1; pose a k : C := (k./2.+1)%:R.
have -> : 1 + z + 2%:R * z ^+ 2 + 2%:R * z ^+ 3 = \sum_(k < 4) a k * z ^+ k.
  by rewrite !big_ord_recr big_ord0 /= add0r !mul1r.
have [|k _|zero fit] := @enestrom_kakeya_equality C 3 a z z1.
- by rewrite ltr0n.
- by rewrite ler_nat ltnS half_leq.
split=> [/zero[z_neq1 _ zk1] | zE].
  have /eqP : z ^+ 2 = 1 by apply: zk1; rewrite // ltr_nat.
  by rewrite sqrf_eq1 (negPf z_neq1) => /eqP.
apply: fit; rewrite zE eqNr oner_eq0 -signr_odd expr0; split=> // k k_lt.
by rewrite ltr_nat -signr_odd; case: k k_lt => [|[|[|]]].
Qed.

End Instances.
