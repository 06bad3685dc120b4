(** * The server, class by class

    There are [x k j] requests of the class [k] in stage [j]: the state of docs/model.md. A step
    executes, evicts the youngest first if the survivors do not fit, and else admits in the shares
    [p_k] what fits. From a state of product form, [x k j = p_k y_j], it leads to one, and is the
    step of Fluid.v on [y]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify.
From stabkit Require Import Mix Fluid.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Server.
Variables (R : realFieldType) (M : mix R) (B : R).
Implicit Types (x z : nat -> nat -> R) (y : nat -> R) (j k m : nat).

Local Notation L := (longest M).
Local Notation K := (size (classes M)).

(** The class [k], from 0 on. *)
Definition nth_class k : class R := nth (0, 0%N, 0) (classes M) k.

(** The tokens that the requests in stage [j] hold, and those in stage [m] and later. *)
Definition stage_tokens x j : R :=
  \sum_(k < K | (j < decode (nth_class k))%N) (input (nth_class k) + j%:R + 1) * x k j.
Definition tokens_from m x : R := \sum_(m <= j < L) stage_tokens x j.
Definition tokens : (nat -> nat -> R) -> R := tokens_from 0.

Definition feasible x :=
  (forall k j, (k < K)%N -> (j < decode (nth_class k))%N -> 0 <= x k j) /\ tokens x <= B.

(** Execute: all requests move on by a stage; those at their decode length are no longer counted. *)
Definition class_executed x k j : R := if j is i.+1 then x k i else 0.

(** Evict: all classes of a stage keep the same part of it, what fits beside all that is older. *)
Definition part_kept z j : R :=
  Num.min 1 (Num.max 0 (B - tokens_from j.+1 z) / stage_tokens z j).

(** Admit: the number that takes the memory that is left, one new request taking [E(S + 1)]. *)
Definition total_admitted z : R := (B - tokens z) / mean M (fun c => input c + 1).

Definition class_step x k j : R :=
  let z := class_executed x in
  if B < tokens z then part_kept z j * z k j
  else if j is 0 then share (nth_class k) * total_admitted z else z k j.

(** What the step evicts, as tokens that the evicted would hold in it. *)
Definition class_evicted x : R :=
  tokens_from 1 (fun k j => class_executed x k j - class_step x k j).

Definition product_form x y :=
  forall k j, (k < K)%N -> (j < decode (nth_class k))%N -> x k j = share (nth_class k) * y j.

(** ** On states of product form it is the step of Fluid.v *)

Let class_in k : (k < K)%N -> nth_class k \in classes M.
Proof. exact: mem_nth. Qed.

Lemma stage_tokensE x y j : product_form x y -> stage_tokens x j = kernel M j * y j.
Proof.
move=> xy; rewrite /kernel /mean mulr_suml /stage_tokens (big_nth (0, 0%N, 0)) big_mkord.
rewrite big_mkcond; apply: eq_bigr => k _; rewrite -/(nth_class k).
case: ltnP => [j_lt | _]; last by rewrite !mulr0 mul0r.
by rewrite xy // mulr1 mulrCA mulrA.
Qed.

Lemma tokens_fromE x y m : product_form x y -> tokens_from m x = held_from M m y.
Proof. by move=> xy; apply: eq_bigr => j _; apply: stage_tokensE. Qed.

Lemma product_executed x y : product_form x y -> product_form (class_executed x) (executed y).
Proof. by move=> xy k [|j] k_lt j_lt /=; [rewrite mulr0 | rewrite xy // ltnW]. Qed.

Theorem product_form_lasts x y : (forall j, 0 <= y j) -> product_form x y ->
  product_form (class_step x) (step M B y).
Proof.
move=> y_ge0 xy; have zw := product_executed xy; have w_ge0 := executed_ge0 y_ge0.
move=> k j k_lt j_lt; rewrite /class_step /step /tokens (tokens_fromE 0 zw) -/(held M _).
have j_ltL : (j < L)%N := leq_trans j_lt (decode_le_longest (class_in k_lt)).
case: ifP => _; last first.
  case: j j_lt {j_ltL} => [|j] j_lt; last exact: zw.
  rewrite /total_admitted /tokens (tokens_fromE 0 zw); congr (_ * (_ / _)).
  by apply: eq_mean => c /classP[_ -> _]; rewrite mulr1 addr0.
rewrite zw // mulrCA; congr (_ * _).
rewrite /part_kept /kept (stage_tokensE _ zw) (tokens_fromE _ zw).
have g_gt0 := kernel_gt0 j_ltL.
have [w0 | w_neq0] := eqVneq (executed y j) 0.
  by rewrite w0 mulr0 min_l // divr_ge0 ?(ltW g_gt0) // le_maxr lexx.
have w_gt0 : 0 < executed y j by rewrite lt_neqAle eq_sym w_neq0 w_ge0.
rewrite mulrC minr_pmulr // mulr1; congr (Num.min _ _).
by move: (Num.max _ _) => u; field; rewrite w_neq0 gt_eqF.
Qed.

Theorem class_evictedE x y : (forall j, 0 <= y j) -> product_form x y ->
  class_evicted x = evicted M B y.
Proof.
move=> y_ge0 xy; apply: eq_bigr => j _.
apply: (@stage_tokensE _ (fun i => executed y i - step M B y i)) => k i k_lt i_lt.
by rewrite (product_form_lasts y_ge0 xy) // (product_executed xy) // mulrBr.
Qed.

(** A feasible state of product form is a state of Fluid.v, and conversely. *)
Lemma feasible_state x y : product_form x y -> feasible x ->
  exists2 w, state M B w & product_form x w.
Proof.
move=> xy [x_ge0 x_le]; pose w j := if (j < L)%N then y j else 0.
have xw : product_form x w.
  move=> k j k_lt j_lt; rewrite xy // /w ifT //.
  exact: leq_trans j_lt (decode_le_longest (class_in k_lt)).
exists w => //; split=> [j|]; last by rewrite /held -(tokens_fromE _ xw).
rewrite /w; case: ifP => // j_lt; have [c /(nthP (0, 0%N, 0))[k k_lt <-] cL] := longest_class M.
have j_ltc : (j < decode (nth_class k))%N by rewrite cL.
have [_ _ p_gt0] := classP (class_in k_lt).
by rewrite -(pmulr_rge0 _ p_gt0) -xy // x_ge0.
Qed.

Lemma state_feasible x y : product_form x y -> state M B y -> feasible x.
Proof.
move=> xy [y_ge0 y_le]; split=> [k j k_lt j_lt|]; last by rewrite /tokens (tokens_fromE _ xy).
by have [_ _ /ltW p_ge0] := classP (class_in k_lt); rewrite xy // mulr_ge0.
Qed.

(** Runs of the server from [x] are runs of [y]. *)
Lemma product_form_run n x y : state M B y -> product_form x y ->
  state M B (iter n (step M B) y) /\
  product_form (iter n class_step x) (iter n (step M B) y).
Proof.
move=> y_state xy; elim: n => //= n [n_state n_form].
by split; [case: (step_state n_state) | apply: product_form_lasts n_form; case: n_state].
Qed.

End Server.
