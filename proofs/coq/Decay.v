(** * Runs of product form without evictions converge if the equilibrium is stable

    Without evictions the admissions meet a linear recurrence whose characteristic polynomial is [F].
    If all modes are inside, what solves it falls like a geometric sequence. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify ssrZ.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix SchurCohn Verdict Fluid.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Recurrences whose characteristic roots are inside *)
Section Recurrence.
Variable C : numClosedFieldType.
Implicit Types (a c rho : C) (r : seq C) (e f : nat -> C) (k n : nat).

(** One root: [e] falls if [e (n + 1) - a e n] does. *)
Lemma decay_step a c rho e : `|a| < 1 -> 0 < rho < 1 ->
  (forall n, `|e n.+1 - a * e n| <= c * rho ^+ n) ->
  exists c' rho', 0 < rho' < 1 /\ forall n, `|e n| <= c' * rho' ^+ n.
Proof.
move=> a_lt /andP[rho_gt0 rho_lt1] f_le.
have c_ge0 : 0 <= c by rewrite -[c]mulr1 (le_trans _ (f_le 0%N)) ?normr_ge0.
have gap_gt0 : 0 < rho * (1 - `|a|) by rewrite mulr_gt0 ?subr_gt0.
pose rho' := `|a| + rho * (1 - `|a|).
have rho'_ge : rho <= rho'.
  rewrite /rho' mulrBr mulr1 addrCA ler_addl subr_ge0 ler_pimull ?normr_ge0 //.
  exact: ltW.
have rho'_ge0 : 0 <= rho' := le_trans (ltW rho_gt0) rho'_ge.
pose c' := `|e 0%N| + c / (rho * (1 - `|a|)).
have c'_ge0 : 0 <= c' by rewrite addr_ge0 ?normr_ge0 ?divr_ge0 // ltW.
exists c', rho'; split.
  rewrite (lt_le_trans rho_gt0) //= /rho' addrC -ltr_subr_addr.
  by rewrite gtr_pmull // subr_gt0.
elim=> [|n IH]; first by rewrite mulr1 ler_addl divr_ge0 // ltW.
rewrite -[e n.+1](subrK (a * e n)); apply: le_trans (ler_norm_add _ _) _.
have rho_n : rho ^+ n <= rho' ^+ n by rewrite ler_expn2r ?nnegrE // ltW.
have -> : c' * rho' ^+ n.+1 =
    c' * (rho * (1 - `|a|)) * rho' ^+ n + `|a| * (c' * rho' ^+ n).
  by rewrite exprS {1}/rho'; move: (rho' ^+ n) => x; ring.
rewrite ler_add //; last by rewrite normrM ler_wpmul2l ?normr_ge0.
apply: le_trans (f_le n) (ler_pmul c_ge0 (exprn_ge0 _ (ltW rho_gt0)) _ rho_n).
by rewrite -ler_pdivr_mulr // ler_addr.
Qed.

Lemma decay r e : {in r, forall a, `|a| < 1} ->
  (forall n, \sum_(k < (size r).+1) (\prod_(a <- r) ('X - a%:P))`_k * e (n + k)%N = 0) ->
  exists c rho, 0 < rho < 1 /\ forall n, `|e n| <= c * rho ^+ n.
Proof.
elim: r e => [|a r IH] e r_lt rec.
  exists 0, 2%:R^-1; split=> [|n]; first by rewrite invr_gt0 ltr0n invf_lt1 ?ltr0n // ltr1n.
  have := rec n; rewrite big_ord1 big_nil coef1 mul1r addn0 => ->.
  by rewrite normr0 mul0r.
have [||c [rho [rho_in f_le]]] := IH (fun n => e n.+1 - a * e n).
- by move=> b rb; apply: r_lt; rewrite inE rb orbT.
- move=> n; rewrite -[RHS](rec n) big_cons; set p := \prod_(b <- r) _.
  have p_size : size p = (size r).+1 by rewrite size_prod_XsubC.
  under [RHS]eq_bigr => k _ do rewrite mulrBl coefB coefXM mul_polyC coefZ mulrBl.
  rewrite sumrB [in RHS]big_ord_recl /= mul0r add0r [X in _ - X]big_ord_recr /=.
  rewrite [p`_(size r).+1]nth_default ?p_size // mulr0 mul0r addr0 -sumrB.
  by apply: eq_bigr => k _; rewrite addnS /=; ring.
by apply: decay_step f_le => //; apply: r_lt; rewrite mem_head.
Qed.

End Recurrence.

(** ** Admissions *)
Section Admissions.
Variables (R : rcfType) (M : mix R).
Hypothesis M_stable : stable M.

Local Notation L := (longest M).
Local Notation g := (kernel M).

Lemma stable_decay (e : nat -> R) :
  (forall n, \sum_(k < L) g (L.-1 - k) * e (n + k)%N = 0) ->
  exists c rho, 0 < rho < 1 /\ forall n, `|e n| <= c * rho ^+ n.
Proof.
move=> rec; have inside := (stable_inside M).1 M_stable; set F := _^:C in inside.
have F_size : size F = L by rewrite size_map_poly size_characteristic_poly.
have [r DF r_lt] := inside_factors inside.
have lead0 : lead_coef F != 0 by rewrite lead_coef_eq0 inside_neq0.
have r_size : (size r).+1 = L by rewrite -F_size DF size_scale // size_prod_XsubC.
have [|c [rho [rho_in e_le]]] := @decay _ r (fun n => (e n)%:C%C) r_lt.
  move=> n; apply: (mulfI lead0); rewrite mulr0 mulr_sumr -[RHS]/(0%:C%C) -(rec n) r_size.
  rewrite (rmorph_sum [rmorphism of real_complex R]); apply: eq_bigr => k _.
  rewrite (rmorphM [rmorphism of real_complex R]) mulrA -coefZ -DF coef_map coef_poly.
  by rewrite ltn_ord.
have [x xE] : exists x : R, rho = x%:C%C.
  by apply/complex_realP/gtr0_real; case/andP: rho_in.
have [y yE] : exists y : R, c = y%:C%C.
  apply/complex_realP/ger0_real; rewrite -[c]mulr1 -(expr0 rho).
  by apply: le_trans (e_le 0%N); rewrite normr_ge0.
exists y, x; split; first by rewrite -!ltcR -xE.
move=> n; rewrite -lecR; have := e_le n; rewrite xE yE normc_def /= expr0n addr0 sqrtr_sqr.
by rewrite (rmorphM [rmorphism of real_complex R]) (rmorphX [rmorphism of real_complex R]).
Qed.
End Admissions.

(** ** Runs of product form without evictions *)

(** The admissions per step at the equilibrium, [a* = B / G(1)]. *)
Definition equilibrium (R : realFieldType) (M : mix R) (B : R) : R := B / (generating_poly M).[1].

Section Quiet.
Variables (R : rcfType) (M : mix R) (B : R) (y : nat -> R).
Hypotheses (M_stable : stable M) (y_state : state M B y).

Local Notation L := (longest M).
Local Notation run n := (iter n (step M B) y).

Hypothesis quiet : forall n, evicted M B (run n) = 0.

Let run_state n : state M B (run n).
Proof. by elim: n => //= n IH; case: (step_state IH). Qed.

Let run_step n j : run n.+1 j.+1 = run n j.
Proof.
have := quiet n; rewrite (evictedE (run_state n)) => no_more; rewrite /= /step.
by rewrite ltNge -subr_le0 -[leRHS]no_more le_maxr lexx orbT.
Qed.

Let run_shift n j : run (n + j) j = run n 0%N.
Proof. by elim: j => [|j IH]; rewrite ?addn0 // addnS run_step. Qed.

Let total : (generating_poly M).[1] = \sum_(k < L) kernel M (L.-1 - k).
Proof.
rewrite horner_poly (reindex_inj rev_ord_inj); apply: eq_bigr => k _ /=.
by rewrite expr1n mulr1; congr (kernel M _); lia.
Qed.

Let total_gt0 : 0 < (generating_poly M).[1].
Proof.
rewrite horner_poly; have := longest_gt0 M; case LE : L => [//|n] _.
rewrite big_ord_recl ltr_spaddl //= ?expr1n ?mulr1 ?kernel_gt0 ?longest_gt0 //.
by apply: sumr_ge0 => k _; rewrite expr1n mulr1 kernel_ge0.
Qed.

Theorem quiet_run_converges : exists c rho, 0 < rho < 1 /\
  forall n j, (j < L)%N -> `|run (n + L) j - equilibrium M B| <= c * rho ^+ n.
Proof.
have [|c [rho [rho_in e_le]]] := @stable_decay _ _ M_stable
    (fun n => run n.+1 0%N - equilibrium M B).
  move=> n; under eq_bigr => k _ do rewrite mulrBr.
  rewrite sumrB -mulr_suml -total mulrC divfK ?gt_eqF //.
  have [_ full] := step_state (run_state (n + L.-1)).
  apply/eqP; rewrite subr_eq0 -[X in _ == X]full; apply/eqP.
  rewrite /held /held_from big_mkord (reindex_inj rev_ord_inj); apply: eq_bigr => k _.
  have k_lt := ltn_ord k; rewrite /=; have -> : (L.-1 - (L - k.+1) = k)%N by lia.
  congr (_ * _); have := run_shift (n + (L - k.+1)).+1 k.
  have -> : ((n + (L - k.+1)).+1 + k = (n + L.-1).+1)%N by lia.
  exact: esym.
have [rho_gt0 rho_lt1] := andP rho_in; exists c, rho; split=> // n j j_lt.
have -> : (n + L = (n + (L - j.+1)).+1 + j)%N by lia.
rewrite run_shift; apply: le_trans (e_le _) _; rewrite ler_wpmul2l //.
  by rewrite -[c]mulr1 (le_trans _ (e_le 0%N)).
by rewrite ler_wiexpn2l ?ltW ?leq_addr.
Qed.

End Quiet.

(** ** Instance: inputs 2, lengths 2 and 3 in shares 3/4 and 1/4

    The kernel 3, 4, 5/4 rises, and the modes are -1/2 and -5/6: the equilibrium is stable. With 33
    tokens it admits 4 requests a step. From 5, 2, 8 the first stage has [4 + (-1/2)^n] requests
    after [n] steps, which is the mode -1/2 alone, and nothing is evicted. *)
Section Instance.
Variable R : rcfType.

Let two_three : mix R := @mix_of R [:: class 2 2 3; class 2 3 1] isT.
Let start (j : nat) : R := nth 0 [:: 5%:R; 2%:R; 8%:R] j.

Local Notation x n := ((- 2%:R^-1 : R) ^+ n).
Local Notation run n := (iter n (step two_three 33%:R) start).

Let longest_two_three : longest two_three = 3%N.
Proof. exact: longest_of. Qed.

Example two_three_kernel :
  [/\ kernel two_three 0 = 3%:R, kernel two_three 1 = 4%:R & kernel two_three 2 = 5%:R / 4%:R].
Proof.
have four : total R [:: class 2 2 3; class 2 3 1] = 4%:R.
  by rewrite /total !big_cons big_nil addr0; apply/esym/(natrD R 3 1).
have kernelE m n : integer_kernel [:: class 2 2 3; class 2 3 1] m = Z.of_nat n ->
    kernel two_three m = n%:R / 4%:R.
  by move=> gE; rewrite kernel_of gE four mulrC; have -> : int_of_Z (Z.of_nat n) = n by lia.
by rewrite (kernelE 0%N 12%N) // (kernelE 1%N 16%N) // (kernelE 2%N 5%N) //; split=> //; field.
Qed.

Example two_three_stable : stable two_three.
Proof. by apply/is_stable_correct; vm_compute. Qed.

Let equilibriumE : equilibrium two_three 33%:R = 4%:R.
Proof.
have [g0 g1 g2] := two_three_kernel.
rewrite /equilibrium horner_poly longest_two_three !big_ord_recr big_ord0 /= g0 g1 g2.
by field.
Qed.

Let heldE y : held two_three y = 3%:R * y 0%N + 4%:R * y 1%N + 5%:R / 4%:R * y 2%N.
Proof.
have [g0 g1 g2] := two_three_kernel; rewrite /held /held_from longest_two_three.
by rewrite !big_nat_recr ?big_geq //= g0 g1 g2 add0r.
Qed.

Let executedE n y : y 0%N = 4%:R + x n -> y 1%N = 4%:R - 2%:R * x n ->
  held two_three (executed y) = 33%:R - 3%:R * (4%:R + x n.+1) /\
  held two_three (executed y) <= 33%:R.
Proof.
move=> y0 y1; have E : held two_three (executed y) = 33%:R - 3%:R * (4%:R + x n.+1).
  by rewrite heldE /= y0 y1 exprS; field.
have : `|x n.+1| <= 1.
  rewrite normrX normrN exprn_ile1 ?normr_ge0 // ger0_norm ?invr_ge0 ?ler0n //.
  by rewrite invf_le1 ?ltr0n // ler1n.
rewrite ler_norml => /andP[x_ge _]; split=> //; rewrite E ler_subl_addr ler_addl.
by rewrite mulr_ge0 ?ler0n // -[0](addrN 1) ler_add ?ler1n.
Qed.

Example two_three_run n : state two_three 33%:R (run n) /\
  [/\ run n 0%N = 4%:R + x n, run n 1%N = 4%:R - 2%:R * x n & run n 2%N = 4%:R + 4%:R * x n].
Proof.
elim: n => [|n [y_state [y0 y1 _]]].
  split; last by rewrite /start expr0; split; rewrite /=; ring.
  have full : held two_three start = 33%:R by rewrite heldE /start /=; field.
  by split=> [[|[|[|j]]]|]; rewrite /start /= ?nth_nil ?ler0n // -/start full.
have [E le_33] := executedE y0 y1; have [g0 _ _] := two_three_kernel.
rewrite iterS; move: (iter n _ _) => y in y_state y0 y1 E le_33 *.
split; first by case: (step_state y_state).
rewrite /step ltNge le_33 /admitted E g0 /= y0 y1 !exprS.
by split; field.
Qed.

Let quiet n : evicted two_three 33%:R (run n) = 0.
Proof.
have [y_state [y0 y1 _]] := two_three_run n; rewrite evictedE // max_l // subr_le0.
by have [_] := executedE y0 y1.
Qed.

Example two_three_converges : exists c rho, 0 < rho < 1 /\
  forall n j, (j < 3)%N -> `|run (n + 3) j - 4%:R| <= c * rho ^+ n.
Proof.
have := quiet_run_converges two_three_stable (two_three_run 0).1 quiet.
by rewrite equilibriumE longest_two_three.
Qed.

End Instance.
