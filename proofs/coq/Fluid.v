(** * The fluid step on states of product form

    In a state of product form there are [p_k y_j] requests of class [k] in stage [j]: the numbers
    [y_0, ..., y_(L-1)] are the state, and [y_j] takes the [g_j y_j] tokens of the memory kernel. A
    step executes, evicts the youngest first if what is left does not fit, and else admits what
    fits (docs/model.md, the model and R11). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify.
From stabkit Require Import Mix.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Fluid.
Variables (R : realFieldType) (M : mix R) (B : R).
Implicit Types (y z : nat -> R) (j m n : nat).

Local Notation g := (kernel M).
Local Notation L := (longest M).

(** The tokens that the requests in stage [m] and later hold. *)
Definition held_from m y : R := \sum_(m <= j < L) g j * y j.
Definition held : (nat -> R) -> R := held_from 0.

Definition state y := (forall j, 0 <= y j) /\ held y <= B.

(** Execute: all requests move on by a stage; those at their decode length are no longer counted. *)
Definition executed y : nat -> R := fun m => if m is j.+1 then y j else 0.

(** Evict: a stage keeps what fits beside all that is older. *)
Definition kept z : nat -> R :=
  fun m => Num.min (z m) (Num.max 0 (B - held_from m.+1 z) / g m).

(** Admit: new requests take the memory that is left. *)
Definition admitted z : R := (B - held z) / g 0.

Definition step y : nat -> R :=
  let z := executed y in
  if B < held z then kept z else fun m => if m is 0 then admitted z else z m.

(** What the step evicts, as tokens that the evicted would hold in it. *)
Definition evicted y : R := \sum_(1 <= m < L) g m * (executed y m - step y m).

(** ** The step does what its words say *)

Lemma kernel_ge0 m : 0 <= g m.
Proof.
apply: mean_ge0 => c /classP[s_ge0 _ _].
by rewrite mulr_ge0 ?addr_ge0 ?ler01 ?ler0n.
Qed.

Lemma held_fromS m y : (m < L)%N -> held_from m y = g m * y m + held_from m.+1 y.
Proof. exact: big_ltn. Qed.

Lemma held_from_end m y : (L <= m)%N -> held_from m y = 0.
Proof. exact: big_geq. Qed.

Lemma held_from_ge0 m y : (forall j, 0 <= y j) -> 0 <= held_from m y.
Proof. by move=> y_ge0; apply: sumr_ge0 => j _; rewrite mulr_ge0 ?kernel_ge0. Qed.

Lemma held_from_le m n y : (forall j, 0 <= y j) -> (m <= n)%N -> held_from n y <= held_from m y.
Proof.
move=> y_ge0 mn; have [L_lt | L_ge] := ltnP L n.
  by rewrite held_from_end ?held_from_ge0 // ltnW.
rewrite /held_from [leRHS](big_cat_nat _ _ _ mn L_ge) /= ler_addr.
by apply: sumr_ge0 => j _; rewrite mulr_ge0 ?kernel_ge0.
Qed.

Lemma executed_ge0 y : (forall j, 0 <= y j) -> forall j, 0 <= executed y j.
Proof. by move=> y_ge0 []. Qed.

Lemma held_executed y : held (executed y) = \sum_(1 <= m < L) g m * y m.-1.
Proof.
rewrite [held _]held_fromS ?longest_gt0 // mulr0 add0r /held_from.
by rewrite big_nat [RHS]big_nat; apply: eq_bigr => -[].
Qed.

Section Kept.
Variables (z : nat -> R) (B_ge0 : 0 <= B) (z_ge0 : forall j, 0 <= z j).

Lemma kept_le m : kept z m <= z m.
Proof. by rewrite /kept le_minl lexx. Qed.

Lemma kept_ge0 m : 0 <= kept z m.
Proof. by rewrite /kept le_minr z_ge0 divr_ge0 ?kernel_ge0 // le_maxr lexx. Qed.

(** What is kept fills the memory up to the oldest that does not fit whole. *)
Lemma held_kept m : held_from m (kept z) = Num.min (held_from m z) B.
Proof.
have [n] := ubnP (L - m); elim: n m => // n IH m; rewrite ltnS => Lm_le.
have [m_lt | m_ge] := ltnP m L; last by rewrite !held_from_end // min_l.
have g_gt0 := kernel_gt0 m_lt.
rewrite !(held_fromS _ m_lt) IH; last lia.
rewrite minr_pmulr ?ltW // mulrCA divff ?gt_eqF // mulr1.
have gz_ge0 : 0 <= g m * z m by rewrite mulr_ge0 ?kernel_ge0.
have [le_B | lt_B] := leP (held_from m.+1 z) B.
  by rewrite max_r ?subr_ge0 // addr_minl subrK.
rewrite max_l ?subr_le0 1?ltW // min_r // add0r.
by rewrite min_r // (le_trans (ltW lt_B)) // ler_addr.
Qed.

(** Where a stage loses some, all that is younger is evicted. *)
Lemma youngest_first i j : (i < j)%N -> (j < L)%N -> kept z j < z j -> kept z i = 0.
Proof.
move=> i_lt j_lt; have i_ltL := ltn_trans i_lt j_lt.
rewrite /kept lt_minl ltxx /= ltr_pdivr_mulr ?kernel_gt0 // lt_maxl => /andP[_].
rewrite ltr_subl_addr mulrC -held_fromS // => B_lt.
rewrite max_l ?mul0r ?min_r // subr_le0 ltW // (lt_le_trans B_lt) //.
exact: held_from_le.
Qed.

End Kept.

(** ** States *)

Lemma state_B_ge0 y : state y -> 0 <= B.
Proof. by case=> y_ge0; apply: le_trans; apply: held_from_ge0. Qed.

(** A step leads from a state to one that fills the memory. *)
Lemma step_state y : state y -> state (step y) /\ held (step y) = B.
Proof.
move=> y_state; suff full : (forall j, 0 <= step y j) /\ held (step y) = B.
  by case: full => s_ge0 sB; split=> //; split=> //; rewrite sB.
have B_ge0 := state_B_ge0 y_state; case: y_state => y_ge0 y_le.
have z_ge0 := executed_ge0 y_ge0; rewrite /step; case: ltP => [lt_B | le_B].
  by split=> [j|]; [apply: kept_ge0 | rewrite [LHS]held_kept // min_r // ltW].
have g_gt0 := kernel_gt0 (longest_gt0 M); split=> [[|j] //|].
  by rewrite divr_ge0 ?subr_ge0 // ltW.
rewrite [LHS]held_fromS ?longest_gt0 // mulrC divfK ?gt_eqF //.
rewrite -[X in B - X]/(held_from 0 _) [held_from 0 _]held_fromS ?longest_gt0 // mulr0 add0r.
rewrite (_ : held_from 1 _ = held_from 1 (executed y)) ?subrK //.
by rewrite /held_from big_nat [RHS]big_nat; apply: eq_bigr => -[].
Qed.

Lemma evictedE y : state y -> evicted y = Num.max 0 (held (executed y) - B).
Proof.
move=> y_state; have B_ge0 := state_B_ge0 y_state; have z_ge0 := executed_ge0 y_state.1.
rewrite /evicted /step; case: ltP => [lt_B | le_B]; last first.
  rewrite max_l ?subr_le0 // big_nat big1 // => -[|m] //= _.
  by rewrite subrr mulr0.
rewrite max_r ?subr_ge0 1?ltW //.
have kept0 : kept (executed y) 0 = 0.
  apply/le_anti; rewrite kept_le kept_ge0 ?longest_gt0 //.
transitivity (held (executed y) - held (kept (executed y))); last first.
  by rewrite [held (kept _)]held_kept // min_r // ltW.
rewrite /held !(held_fromS _ (longest_gt0 M)) kept0 mulr0 !add0r /held_from -sumrB.
by apply: eq_bigr => m _; rewrite mulrBr.
Qed.

End Fluid.

(** ** Instance: lengths 1 and 3 without input, 6 tokens

    The kernel is 1, 1, 3/2. From 3 per share in each of the stages 0 and 1, 3 in each of the stages
    1 and 2 are left, which need 3 and 9/2 tokens: half of those in stage 1 are evicted. *)
Section Instance.
Variable R : realFieldType.

Let one_three : mix R := @equal_shares R 0 1 0 3 isT.
Let y (j : nat) : R := if (j < 2)%N then 3%:R else 0.

Example one_three_step :
  [/\ step one_three 6%:R y 0 = 0, step one_three 6%:R y 1 = 3%:R / 2%:R
    & step one_three 6%:R y 2 = 3%:R].
Proof.
have [k1 k2] : kernel one_three 1 = 1 /\ kernel one_three 2 = 3%:R / 2%:R.
  by rewrite /kernel !mean_equal_shares /= /input /=; split; field.
have L3 : longest one_three = 3%N by rewrite longest_equal_shares.
have h3 : held_from one_three 3 (executed y) = 0 by rewrite held_from_end ?L3.
have h2 : held_from one_three 2 (executed y) = 9%:R / 2%:R.
  by rewrite held_fromS ?L3 // h3 k2 /y /=; field.
have h1 : held_from one_three 1 (executed y) = 15%:R / 2%:R.
  by rewrite held_fromS ?L3 // h2 k1 /y /=; field.
have full : 6%:R < held one_three (executed y).
  rewrite /held held_fromS ?L3 // mulr0 add0r h1.
  by rewrite ltr_pdivl_mulr ?ltr0n // -natrM ltr_nat.
rewrite /step full /kept /= h1 h2 h3 k1 k2 /y /=; split.
- by rewrite min_l // divr_ge0 ?kernel_ge0 // le_maxr lexx.
- rewrite divr1 max_r ?min_r.
  + by field.
  + by rewrite ler_subl_addr -ler_subl_addl ler_pdivl_mulr ?ltr0n // -natrB // -natrM ler_nat.
  + by rewrite subr_ge0 ler_pdivr_mulr ?ltr0n // -natrM ler_nat.
rewrite subr0 max_r ?ler0n // min_l //.
by rewrite invf_div mulrA ler_pdivl_mulr ?ltr0n // -!natrM ler_nat.
Qed.

End Instance.
