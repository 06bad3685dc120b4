(** * What follows from R19: if the kernel never rises and its gcd [d] is 1, every start converges

    After [L] steps a state is of product form (R11). From a state of product form nothing is evicted
    (Evictions.v), and a run without evictions converges if the equilibrium is stable (Decay.v). *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify.
From mathcomp.real_closed Require Import complex realalg.
From stabkit Require Import Mix Fluid Server Evictions Decay.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** A class-by-class start *)
Section Start.
Variables (R : rcfType) (M : mix R) (B : R).
Implicit Types (x z : nat -> nat -> R) (j k m n : nat).

Local Notation L := (longest M).
Local Notation K := (size (classes M)).

Definition nonnegative x :=
  forall k j, (k < K)%N -> (j < decode (nth_class M k))%N -> 0 <= x k j.

Let token_ge0 k j : (k < K)%N -> 0 <= input (nth_class M k) + j%:R + 1.
Proof.
by move=> /(mem_nth (0, 0%N, 0))/classP[s_ge0 _ _]; rewrite !addr_ge0 ?ler0n ?ler01.
Qed.

Lemma stage_tokens_ge0 x j : nonnegative x -> 0 <= stage_tokens M x j.
Proof.
move=> x_ge0; apply: sumr_ge0 => k j_lt.
by rewrite mulr_ge0 ?token_ge0 ?x_ge0 ?ltn_ord.
Qed.

Lemma tokens_from_ge0 x m : nonnegative x -> 0 <= tokens_from M m x.
Proof. by move=> x_ge0; apply: sumr_ge0 => j _; apply: stage_tokens_ge0. Qed.

Lemma executed_nonnegative x : nonnegative x -> nonnegative (class_executed x).
Proof. by move=> x_ge0 k [|j] k_lt j_lt //=; rewrite x_ge0 // ltnW. Qed.

Lemma part_kept_ge0 z j : nonnegative z -> 0 <= part_kept M B z j.
Proof.
by move=> z_ge0; rewrite le_minr ler01 divr_ge0 ?stage_tokens_ge0 // le_maxr lexx.
Qed.

(** What is kept fits. *)
Lemma kept_fits z m : 0 <= B -> nonnegative z ->
  tokens_from M m (fun k j => part_kept M B z j * z k j) <= B.
Proof.
move=> B_ge0 z_ge0; set w := fun k j => _.
have w_stage j : stage_tokens M w j = part_kept M B z j * stage_tokens M z j.
  by rewrite /stage_tokens mulr_sumr; apply: eq_bigr => k _; rewrite mulrCA.
have z_stage j := stage_tokens_ge0 j z_ge0.
have w_le j : stage_tokens M w j <= stage_tokens M z j.
  by rewrite w_stage ler_pimull // le_minl lexx.
have [n] := ubnP (L - m); elim: n m => // n IH m; rewrite ltnS => Lm_le.
have [m_lt | m_ge] := ltnP m L; last by rewrite /tokens_from big_geq.
rewrite /tokens_from big_ltn // -/(tokens_from M m.+1 w) w_stage.
have [le_B | lt_B] := leP (tokens_from M m.+1 z) B; last first.
  rewrite /part_kept max_l ?subr_le0 ?(ltW lt_B) // mul0r min_r ?ler01 // mul0r add0r.
  by apply: IH; lia.
rewrite -[leRHS](subrK (tokens_from M m.+1 z)) ler_add //; last by apply: ler_sum.
rewrite /part_kept max_r ?subr_ge0 //; have [-> | st0] := eqVneq (stage_tokens M z m) 0.
  by rewrite mulr0 subr_ge0.
have st_gt0 : 0 < stage_tokens M z m by rewrite lt_neqAle eq_sym st0 z_stage.
by rewrite -ler_pdivl_mulr // le_minl lexx orbT.
Qed.

Lemma class_step_feasible x : feasible M B x -> feasible M B (class_step M B x).
Proof.
move=> [x_ge0 x_le]; have B_ge0 : 0 <= B := le_trans (tokens_from_ge0 0 x_ge0) x_le.
have z_ge0 := executed_nonnegative x_ge0; rewrite /class_step; case: ltP => [_ | le_B].
  split=> [k j k_lt j_lt|]; last exact: kept_fits.
  by rewrite mulr_ge0 ?part_kept_ge0 ?z_ge0.
have a_mean : mean M (fun c => input c + 1) = kernel M 0.
  by apply: eq_mean => c /classP[_ -> _]; rewrite mulr1 addr0.
have g_gt0 := kernel_gt0 (longest_gt0 M).
split=> [k [|j] k_lt j_lt | ]; last 1 first.
- rewrite /tokens /tokens_from big_ltn ?longest_gt0 //.
  rewrite -[stage_tokens _ _ 0]/(stage_tokens M (fun k _ =>
    share (nth_class M k) * total_admitted M B (class_executed x)) 0).
  rewrite (@stage_tokensE _ _ _ (fun=> total_admitted M B (class_executed x))) //.
  rewrite /total_admitted a_mean mulrC divfK ?gt_eqF //.
  rewrite /tokens /tokens_from [in X in B - X]big_ltn ?longest_gt0 //.
  rewrite [stage_tokens M (class_executed x) 0]big1 ?add0r => [|k _]; last by rewrite mulr0.
  rewrite [X in _ + X](_ : _ = \sum_(1 <= j < L) stage_tokens M (class_executed x) j).
    by rewrite subrK.
  by rewrite big_nat [RHS]big_nat; apply: eq_bigr => -[].
- have /classP[_ _ /ltW p_ge0] := mem_nth (0, 0%N, 0) k_lt.
  by rewrite mulr_ge0 // divr_ge0 ?subr_ge0 // a_mean ltW.
exact: (z_ge0 k j.+1).
Qed.

Lemma class_run_feasible x n : feasible M B x -> feasible M B (iter n (class_step M B) x).
Proof. by move=> x_in; elim: n => //= n; apply: class_step_feasible. Qed.

(** R11: after [n] steps the stages below [n] are in the shares of the mix, after [L] steps all. *)
Lemma product_form_reached x n : exists y, forall k j,
  (k < K)%N -> (j < decode (nth_class M k))%N -> (j < n)%N ->
  iter n (class_step M B) x k j = share (nth_class M k) * y j.
Proof.
elim: n => [|n [y xy]]; first by exists (fun=> 0).
set z := class_executed (iter n (class_step M B) x).
exists (fun j => if B < tokens M z then part_kept M B z j * executed y j
                 else if j is 0 then total_admitted M B z else executed y j).
move=> k j k_lt j_lt j_n; have zy : z k j = share (nth_class M k) * executed y j.
  by case: j j_lt j_n => [|j] j_lt j_n /=; [rewrite mulr0 | rewrite xy // ltnW].
rewrite /= /class_step -/z zy; case: ifP => _; first by rewrite mulrCA.
by case: j {j_lt j_n zy}.
Qed.

Theorem product_form_after x : exists y, product_form M (iter L (class_step M B) x) y.
Proof.
have [y xy] := product_form_reached x L; exists y => k j k_lt j_lt; apply: xy => //.
exact: leq_trans j_lt (decode_le_longest (mem_nth _ k_lt)).
Qed.

End Start.

(** ** What follows from R19 *)
Section Attraction.
Variables (R : rcfType) (M : mix R) (B : R).
Hypotheses (B_gt0 : 0 < B) (falls : never_rises M) (coprime_ages : ages_gcd M = 1%N).
Implicit Types (x : nat -> nat -> R) (j k n : nat).

Local Notation L := (longest M).
Local Notation K := (size (classes M)).

(** How far the requests of a class in a stage are from the equilibrium after [n] steps. *)
Definition distance x n k j : R :=
  `|iter n (class_step M B) x k j - share (nth_class M k) * equilibrium M B|.

Let term_le (I : finType) (i : I) (f : I -> R) : (forall i, 0 <= f i) -> f i <= \sum_i f i.
Proof. by move=> f_ge0; rewrite (bigD1 i) //= ler_addl sumr_ge0. Qed.

(** From every start that fits, it falls like a geometric sequence. *)
Theorem every_start_converges x : feasible M B x -> exists c rho, 0 < rho < 1 /\
  forall n k j, (k < K)%N -> (j < decode (nth_class M k))%N -> distance x n k j <= c * rho ^+ n.
Proof.
move=> x_in; have [y xy] := product_form_after M B x.
have [w w_state xw] := feasible_state xy (class_run_feasible L x_in).
have [c [rho [rho_in w_le]]] := quiet_run_converges (coprime_ages_stable falls coprime_ages)
  w_state (fun n => (no_eviction M B_gt0).2 falls w n w_state).
have [rho_gt0 rho_lt1] := andP rho_in; pose N := (L + L)%N.
have c_ge0 : 0 <= c.
  by rewrite -[c]mulr1 (le_trans _ (w_le 0%N 0%N (longest_gt0 M))).
have in_L k j : (k < K)%N -> (j < decode (nth_class M k))%N -> (j < L)%N.
  by move=> k_lt /leq_trans; apply; apply: decode_le_longest (mem_nth _ k_lt).
have late n k j : (k < K)%N -> (j < decode (nth_class M k))%N ->
    distance x (n + N) k j <= c * rho ^+ n.
  move=> k_lt j_lt; have [_ form] := product_form_run (n + L) w_state xw.
  rewrite /distance /N addnA iterD form // -mulrBr normrM.
  have /classP[_ _ /ltW p_ge0] := mem_nth (0, 0%N, 0) k_lt.
  apply: le_trans (w_le n j (in_L k j k_lt j_lt)); rewrite ler_pimull // ger0_norm //.
  rewrite -(share_total M) (big_rem _ (mem_nth (0, 0%N, 0) k_lt)) /= ler_addl.
  by rewrite big_seq; apply: sumr_ge0 => d /mem_rem/classP[_ _ /ltW].
pose early := \sum_(n < N) \sum_(k < K) \sum_(j < L) distance x n k j.
have early_ge0 : 0 <= early.
  by do 3![apply: sumr_ge0 => ? _]; apply: normr_ge0.
exists ((early + c) / rho ^+ N), rho; split=> // n k j k_lt j_lt.
have rhoN_gt0 : 0 < rho ^+ N by rewrite exprn_gt0.
have [n_lt | n_ge] := ltnP n N; last first.
  rewrite -(subnK n_ge) exprD mulrA mulrAC divfK ?gt_eqF //; apply: le_trans (late _ k j _ _) _ => //.
  by rewrite ler_wpmul2r ?exprn_ge0 ?ler_addr // ltW.
apply: (@le_trans _ _ early).
  apply: le_trans (term_le (Ordinal n_lt) _) => [|i].
    apply: le_trans (term_le (Ordinal k_lt) _) => [|i].
      by apply: (term_le (Ordinal (in_L k j k_lt j_lt))) => i; apply: normr_ge0.
    by apply: sumr_ge0 => ? _; apply: normr_ge0.
  by do 2![apply: sumr_ge0 => ? _]; apply: normr_ge0.
rewrite mulrAC ler_pdivl_mulr // ler_pmul ?exprn_ge0 ?ler_addl ?(ltW rho_gt0) //.
by rewrite ler_wiexpn2l ?(ltW rho_gt0) ?(ltW rho_lt1) ?(ltnW n_lt).
Qed.

(** In an Archimedean field, such as the real numbers: it tends to 0. *)
Corollary every_start_tends x eps : Num.archimedean_axiom R -> feasible M B x -> 0 < eps ->
  exists N, forall n k j, (N <= n)%N -> (k < K)%N -> (j < decode (nth_class M k))%N ->
  distance x n k j < eps.
Proof.
move=> archimedean x_in eps_gt0.
have [c [rho [/andP[rho_gt0 rho_lt1] x_le]]] := every_start_converges x_in.
pose d := 1 - rho; have d_gt0 : 0 < d by rewrite subr_gt0.
have small n : rho ^+ n * (1 + n%:R * d) <= 1.
  elim: n => [|n IH]; first by rewrite mul0r addr0 mulr1.
  apply: le_trans IH; rewrite exprSr -mulrA ler_wpmul2l ?exprn_ge0 ?(ltW rho_gt0) //.
  rewrite -subr_ge0 (_ : _ - _ = d ^+ 2 * n.+1%:R); first by rewrite mulr_ge0 ?exprn_ge0 ?ltW.
  by rewrite /d mulrSr; ring.
have [N N_gt] := archimedean (c / (eps * d)).
exists N => n k j n_ge k_lt j_lt; apply: le_lt_trans (x_le n k j k_lt j_lt) _.
have one_gt0 : 0 < 1 + n%:R * d by rewrite ltr_spaddl ?ltr01 // mulr_ge0 ?ler0n // ltW.
have c_lt : c < eps * (1 + n%:R * d).
  rewrite mulrDr mulr1 ltr_spaddl // mulrCA -ler_pdivr_mulr ?mulr_gt0 //.
  by rewrite (le_trans (ler_norm _)) // (le_trans (ltW N_gt)) // ler_nat.
have c_ge0 : 0 <= c.
  by rewrite -[c]mulr1 (le_trans _ (x_le 0%N k j k_lt j_lt)) ?normr_ge0.
rewrite -(ltr_pmul2r one_gt0); apply: le_lt_trans c_lt.
by rewrite -mulrA ler_pimulr.
Qed.

End Attraction.

(** ** Instance: lengths 1 and 2, inputs 1, in 7 tokens

    The equilibrium admits 2 requests per step. Every start that fits tends to one request of length
    1 and, of length 2, one in each stage; some evict on the way, as 7/2 requests of length 2 in stage
    0, which fill the 7 tokens and need 21/2 in the next step. *)
Section Instance.
Variable R : rcfType.

Let one_two : mix R := @equal_shares R 1 1 1 2 isT.

Example one_two_equilibrium : equilibrium one_two 7%:R = 2%:R.
Proof.
have L2 : longest one_two = 2%N by rewrite longest_equal_shares.
rewrite /equilibrium horner_poly L2 !big_ord_recr big_ord0 /=.
by have [-> ->] := one_two_kernel R; field.
Qed.

Example one_two_converges x : feasible one_two 7%:R x -> exists c rho, 0 < rho < 1 /\
  forall n, `|iter n (class_step one_two 7%:R) x 0%N 0%N - 1| <= c * rho ^+ n /\
    forall j, (j < 2)%N -> `|iter n (class_step one_two 7%:R) x 1%N j - 1| <= c * rho ^+ n.
Proof.
move=> x_in; have B_gt0 : 0 < 7%:R :> R by rewrite ltr0n.
have [c [rho [rho_in x_le]]] := every_start_converges B_gt0 (@one_two_falls R) (one_two_ages R) x_in.
have shares k : (k < 2)%N -> share (nth_class one_two k) * equilibrium one_two 7%:R = 1.
  by rewrite one_two_equilibrium; case: k => [|[|k]] // _; rewrite /share /=; field.
exists c, rho; split=> // n; split=> [|j j_lt].
  by have := x_le n 0%N 0%N isT isT; rewrite /distance shares.
by have := x_le n 1%N j isT j_lt; rewrite /distance shares.
Qed.

(** In an Archimedean field, such as the real algebraic numbers. *)
Example one_two_tends x eps : Num.archimedean_axiom R -> feasible one_two 7%:R x -> 0 < eps ->
  exists N, forall n, (N <= n)%N -> distance one_two 7%:R x n 1%N 0%N < eps.
Proof.
move=> archimedean x_in eps_gt0; have B_gt0 : 0 < 7%:R :> R by rewrite ltr0n.
have [N x_lt] := every_start_tends B_gt0 (@one_two_falls R) (one_two_ages R) archimedean
  x_in eps_gt0.
by exists N => n n_ge; apply: x_lt.
Qed.

End Instance.

Example realalg_archimedean : Num.archimedean_axiom [rcfType of realalg].
Proof. by move=> x; exists (Num.bound `|x|); apply/archi_boundP/normr_ge0. Qed.
