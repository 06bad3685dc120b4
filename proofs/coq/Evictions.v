(** * R19: in which mixes no start evicts

    A step from a state of product form evicts at most [B] times the largest relative growth of the
    kernel, and a memory full of one stage evicts that. So no state evicts iff the kernel never
    rises; then no mode is unstable, and the marginal ones are the [d]-th roots of unity but 1,
    each simple, with [d] the gcd of [L] and of the ages at which the kernel falls. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix EnestromKakeya AliveRoots Fluid Server.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Kernel.
Variables (R : realFieldType) (M : mix R).

Local Notation g := (kernel M).
Local Notation L := (longest M).

Definition never_rises := forall m, (m.+1 < L)%N -> g m.+1 <= g m.

(** The largest of [g_m / g_(m-1) - 1], or 0 if that is larger. *)
Definition growth : R := \big[Num.max/0]_(0 <= m < L.-1) (g m.+1 / g m - 1).

(** The gcd of [L] and of the ages [m] with [g_m < g_(m-1)]. *)
Definition ages_gcd : nat :=
  gcdn L (\big[gcdn/0%N]_(m < L | (0 < m)%N && (g m < g m.-1)) m).

Lemma growth_ge0 : 0 <= growth.
Proof. by rewrite /growth; elim/big_rec: _ => // m x _ x_ge0; rewrite le_maxr x_ge0 orbT. Qed.

Lemma kernel_le_growth m : (m.+1 < L)%N -> g m.+1 <= (1 + growth) * g m.
Proof.
move=> m_lt; rewrite -ler_pdivr_mulr ?kernel_gt0 ?(ltnW m_lt) // -ler_subl_addl.
have : m \in index_iota 0 L.-1 by rewrite mem_index_iota; lia.
rewrite /growth; elim: (index_iota _ _) => // j r IH; rewrite inE big_cons le_maxr.
by case/predU1P => [<- | /IH ->]; rewrite ?lexx ?orbT.
Qed.

Lemma growth_eq0 : never_rises -> growth = 0.
Proof.
move=> falls; rewrite /growth big_nat; elim/big_rec: _ => // m x m_in ->.
have m_lt : (m.+1 < L)%N by lia.
rewrite max_r // subr_le0.
by rewrite ler_pdivr_mulr ?kernel_gt0 ?(ltnW m_lt) // mul1r falls.
Qed.

Lemma dvd_ages_gcd e :
  reflect ((e %| L)%N /\ forall m, (m.+1 < L)%N -> g m.+1 < g m -> (e %| m.+1)%N)
          (e %| ages_gcd)%N.
Proof.
rewrite dvdn_gcd; apply: (iffP andP) => [[eL /dvdn_biggcdP e_ages] | [eL e_ages]]; split=> //.
  by move=> m m_lt g_lt; apply: (e_ages (Ordinal m_lt)).
by apply/dvdn_biggcdP => -[[|m] m_lt] //= g_lt; apply: e_ages.
Qed.

End Kernel.

Section Evictions.
Variables (R : realFieldType) (M : mix R) (B : R).

Local Notation g := (kernel M).
Local Notation L := (longest M).
Local Notation held := (held M).
Local Notation evicted := (evicted M B).

Theorem evicted_le y : state M B y -> evicted y <= growth M * B.
Proof.
move=> y_state; have B_ge0 := state_B_ge0 y_state; have growth_ge0 := growth_ge0 M.
rewrite evictedE // le_maxl mulr_ge0 //= ler_subl_addr -[X in _ + X]mul1r -mulrDl addrC.
case: y_state => y_ge0 /(ler_wpmul2l (addr_ge0 ler01 growth_ge0)); apply: le_trans.
rewrite held_executed big_add1 /held /held_from -[in X in _ <= X](prednK (longest_gt0 M)).
rewrite big_nat_recr //= mulrDr mulr_sumr ler_paddr //.
  by rewrite mulr_ge0 ?addr_ge0 // mulr_ge0 ?kernel_ge0.
rewrite !big_nat; apply: ler_sum => m m_lt; rewrite mulrA ler_wpmul2r //.
by apply: kernel_le_growth; lia.
Qed.

(** A memory full of stage [m]. *)
Definition full_of m : nat -> R := fun j => if j == m then B / g m else 0.

Lemma sum_full_of (f : nat -> R) m n : (m < n)%N ->
  \sum_(0 <= j < n) f j * full_of m j = f m * (B / g m).
Proof.
move=> m_lt; rewrite big_mkord (bigD1 (Ordinal m_lt)) //= /full_of eqxx big1 ?addr0 // => j.
by rewrite -val_eqE /= => /negPf ->; rewrite mulr0.
Qed.

Lemma full_of_state m : 0 <= B -> (m < L)%N -> state M B (full_of m).
Proof.
move=> B_ge0 m_lt; split=> [j|].
  by rewrite /full_of; case: ifP => // _; rewrite divr_ge0 // kernel_ge0.
by rewrite /held /held_from sum_full_of // mulrC divfK // gt_eqF // kernel_gt0.
Qed.

Theorem evicted_full_of m : 0 <= B -> (m.+1 < L)%N -> g m < g m.+1 ->
  evicted (full_of m) = B * g m.+1 / g m - B.
Proof.
move=> B_ge0 m_lt rises; have m_ltL := ltnW m_lt; have g_gt0 := kernel_gt0 m_ltL.
rewrite (evictedE (full_of_state B_ge0 m_ltL)) held_executed big_add1 /=.
rewrite (sum_full_of (fun j => g j.+1)); last by lia.
rewrite mulrCA mulrA max_r // subr_ge0 ler_pdivl_mulr //.
by rewrite ler_wpmul2l // ltW.
Qed.

(** No state of product form ever evicts iff the kernel never rises. *)
Theorem no_eviction : 0 < B ->
  (forall y n, state M B y -> evicted (iter n (step M B) y) = 0) <-> never_rises M.
Proof.
move=> B_gt0; split=> [never m m_lt | falls y n y_state].
  rewrite leNgt; apply/negP => rises; have m_ltL := ltnW m_lt; have B_ge0 := ltW B_gt0.
  have /eqP := never _ 0%N (full_of_state B_ge0 m_ltL); rewrite /= evicted_full_of //.
  by rewrite subr_eq0 gt_eqF // ltr_pdivl_mulr ?kernel_gt0 // ltr_pmul2l.
have n_state : state M B (iter n (step M B) y).
  by elim: n => //= n IH; case: (step_state IH).
apply/le_anti/andP; split; last by rewrite evictedE // le_maxr lexx.
by rewrite -(mul0r B) -(growth_eq0 falls) evicted_le.
Qed.

End Evictions.

(** ** The modes, if the kernel never rises *)

Lemma rising_derivative (F : fieldType) (a : nat -> F) m z :
  (forall k, (k < m)%N -> (a k.+1 - a k) * z ^+ k.+1 = a k.+1 - a k) ->
  (1 - z) * (\sum_(k < m.+1) k%:R * (a k * z ^+ k)) =
  z * (\sum_(k < m.+1) a k * z ^+ k) - (\sum_(k < m.+1) a k) + m.+1%:R * a m * (1 - z ^+ m.+1).
Proof.
elim: m => [|m IH] unit_steps; first by rewrite !big_ord1 /=; ring.
rewrite !(big_ord_recr m.+1) /= mulrDr IH; last by move=> k k_lt; apply/unit_steps/ltnW.
have := unit_steps m (ltnSn m); move: (\sum_(k < m.+1) a k * z ^+ k) (\sum_(k < m.+1) a k) => p t.
rewrite !exprS; move: (z ^+ m) (a m) (a m.+1) => w x y unit_step; apply: subr0_eq.
transitivity (m.+1%:R * ((y - x) * (z * w) - (y - x))); first by rewrite !mulrS; ring.
by rewrite unit_step subrr mulr0.
Qed.

Section Modes.
Variables (R : rcfType) (M : mix R).
Hypothesis falls : never_rises M.

Local Notation L := (longest M).
Local Notation F := ((characteristic_poly M)^:C).
Let n := L.-1.
Let d := ages_gcd M.

Let LE : L = n.+1.
Proof. by rewrite prednK // longest_gt0. Qed.

Let a k : R[i] := (kernel M (n - k))%:C%C.

Let FE : F = \poly_(k < n.+1) a k.
Proof. by apply/polyP => k; rewrite coef_map !coef_poly -/L LE; case: ifP; rewrite ?rmorph0. Qed.

Let hornerF z : F.[z] = \sum_(k < n.+1) a k * z ^+ k.
Proof. by rewrite FE horner_poly. Qed.

Let a_gt0 k : (k <= n)%N -> 0 < a k.
Proof. by move=> k_le; rewrite ltcR kernel_gt0 // LE ltnS leq_subr. Qed.

Let a_rises k : (k < n)%N -> a k <= a k.+1.
Proof. by move=> k_lt; rewrite lecR -subnSK // falls // subnSK // LE ltnS leq_subr. Qed.

Lemma unity_ages (z : R[i]) : z ^+ d = 1 <->
  z ^+ n.+1 = 1 /\ forall k, (k < n)%N -> a k < a k.+1 -> z ^+ k.+1 = 1.
Proof.
split=> [zd | [zL zk]].
  have dvd_unit e : (d %| e)%N -> z ^+ e = 1.
    by case/dvdnP => q ->; rewrite mulnC exprM zd expr1n.
  have /dvd_ages_gcd[dL d_ages] := dvdnn d.
  split=> [|k k_lt]; first by rewrite -LE dvd_unit.
  rewrite ltcR -subnSK // => g_lt; apply: dvd_unit.
  have -> : k.+1 = (L - (n - k.+1).+1)%N by lia.
  by rewrite dvdn_sub // d_ages //; lia.
have [e e_prim _] := prim_order_exists (ltn0Sn n) zL.
apply/eqP; rewrite -(prim_order_dvd e_prim); apply/dvd_ages_gcd.
have eL : (e %| L)%N by rewrite LE (prim_order_dvd e_prim) zL.
split=> // m m_lt g_lt; rewrite -(dvdn_subr _ eL); last exact: ltnW.
have k_lt : (L - m.+2 < n)%N by lia.
have -> : (L - m.+1 = (L - m.+2).+1)%N by lia.
rewrite (prim_order_dvd e_prim) zk // ltcR.
by have [-> ->] : (n - (L - m.+2) = m.+1 /\ n - (L - m.+2).+1 = m)%N by lia.
Qed.

Theorem modes_le z : root F z -> `|z| <= 1.
Proof. by move=> /rootP; rewrite hornerF; apply: rising_zeros; rewrite ?a_gt0. Qed.

Theorem modes_on_circle z : `|z| = 1 -> root F z = (z != 1) && (z ^+ d == 1).
Proof.
move=> z1; have on_circle := rising_zeros_on_circle (a_gt0 (leq0n n)) a_rises z1.
rewrite rootE hornerF; apply/eqP/andP => [/on_circle[z_neq1 zL zk] | [z_neq1 /eqP zd]].
  by split=> //; apply/eqP/unity_ages.
by apply/on_circle; have [zL zk] := (unity_ages z).1 zd.
Qed.

Theorem modes_simple z : `|z| = 1 -> root F z -> F^`().[z] != 0.
Proof.
move=> z1 Fz; have := Fz; rewrite modes_on_circle // => /andP[z_neq1 /eqP/unity_ages[zL zk]].
have := rising_derivative (m := n) (a := a) (z := z); rewrite zL subrr mulr0 addr0.
rewrite -hornerF (rootP Fz) mulr0 sub0r => dF.
apply/eqP => F'z; suff /eqP : \sum_(k < n.+1) a k = 0.
  apply/negP; rewrite gt_eqF // big_ord_recl ltr_spaddl ?a_gt0 //.
  by apply: sumr_ge0 => k _; apply/ltW/a_gt0/ltn_ord.
rewrite -[LHS]opprK -dF; last first.
  move=> k k_lt; have := a_rises k_lt; rewrite le_eqVlt => /predU1P[-> | /(zk _ k_lt) ->].
    by rewrite subrr mul0r.
  by rewrite mulr1.
suff -> : \sum_(k < n.+1) k%:R * (a k * z ^+ k) = z * F^`().[z] by rewrite F'z !mulr0 oppr0.
rewrite FE poly_def raddf_sum horner_sum mulr_sumr; apply: eq_bigr => k _ /=.
by rewrite derivZ hornerZ [RHS]mulrCA horner_derivXn mulrCA.
Qed.

Theorem no_unstable_mode : unstable_modes M = 0%N.
Proof.
apply: count_zeros_eq0 (complex_characteristic_poly_neq0 M) _ => z /modes_le.
by rewrite real_leNgt ?real1 ?normr_real.
Qed.

Theorem marginal_modes_count : marginal_modes M = d.-1.
Proof.
have d_gt0 : (0 < d)%N by rewrite gcdn_gt0 longest_gt0.
have d_neq0 : d%:R != 0 :> R[i] by rewrite pnatr_eq0 -lt0n.
have U0 : geometric [fieldType of R[i]] d != 0 by rewrite -size_poly_gt0 size_geometric.
have F0 := complex_characteristic_poly_neq0 M.
rewrite /marginal_modes /zeros_on_circle -size_filter -(size_geometric [fieldType of R[i]] d).
rewrite -size_zeros //; apply: perm_size; apply: uniq_perm.
- by apply: uniq_simple_zeros F0 _ => z /eqP; apply: modes_simple.
- rewrite -[zeros _]filter_predT; apply: uniq_simple_zeros => // z _.
  exact: geometric_simple.
move=> z; rewrite mem_filter !mem_zeros // root_geometric //.
apply/andP/idP => [[/eqP z1] | zd]; first by rewrite modes_on_circle.
have z1 : `|z| = 1.
  by case/andP: zd => _ /eqP zd; apply/eqP; rewrite -(@pexpr_eq1 _ _ d) // -normrX zd normr1.
by rewrite z1 eqxx modes_on_circle.
Qed.

(** So the equilibrium is stable if the gcd is 1. *)
Corollary coprime_ages_stable : d = 1%N -> stable M.
Proof. by rewrite /stable no_unstable_mode marginal_modes_count => ->. Qed.

End Modes.

(** ** R19 *)
Theorem no_start_evicts (R : rcfType) (M : mix R) (B : R) : 0 < B ->
  [/\ forall x y, product_form M x y -> feasible M B x ->
        class_evicted M B x <= growth M * B,
      forall x m, (m.+1 < longest M)%N -> kernel M m < kernel M m.+1 ->
        product_form M x (full_of M B m) ->
        class_evicted M B x = B * kernel M m.+1 / kernel M m - B,
      (forall x y n, product_form M x y -> feasible M B x ->
        class_evicted M B (iter n (class_step M B) x) = 0) <-> never_rises M
    & never_rises M ->
        marginal_modes M = (ages_gcd M).-1 /\ unstable_modes M = 0%N].
Proof.
move=> B_gt0; split=> [x y xy /(feasible_state xy)[w w_state xw] | x m m_lt rises xy | | falls].
- by rewrite (class_evictedE B w_state.1 xw) evicted_le.
- have B_ge0 := ltW B_gt0; have [y_ge0 _] := full_of_state B_ge0 (ltnW m_lt).
  by rewrite (class_evictedE B y_ge0 xy) evicted_full_of.
- apply: iff_trans (no_eviction M B_gt0); split=> [never y n y_state | never x y n xy x_in].
    pose x k j := share (nth_class M k) * y j; have xy : product_form M x y by [].
    have [n_state n_form] := product_form_run n y_state xy.
    rewrite -(class_evictedE B n_state.1 n_form).
    exact: never _ _ n xy (state_feasible xy y_state).
  have [w w_state xw] := feasible_state xy x_in.
  have [n_state n_form] := product_form_run n w_state xw.
  by rewrite (class_evictedE B n_state.1 n_form) never.
by rewrite marginal_modes_count // no_unstable_mode.
Qed.

(** ** Instances *)
Section Instances.
Variable R : rcfType.

(** Lengths 1 and 2, inputs 1: the kernel is 2, 3/2, and the equilibrium stable. *)
Let one_two : mix R := @equal_shares R 1 1 1 2 isT.

Example one_two_kernel : kernel one_two 0 = 2%:R /\ kernel one_two 1 = 3%:R / 2%:R.
Proof. by rewrite /kernel !mean_equal_shares /= /input /=; split; field. Qed.

Example one_two_falls : never_rises one_two.
Proof.
rewrite /never_rises longest_equal_shares => -[|m] // _; have [-> ->] := one_two_kernel.
by rewrite ler_pdivr_mulr ?ltr0n // -natrM ler_nat.
Qed.

Example one_two_ages : ages_gcd one_two = 1%N.
Proof.
apply/eqP; rewrite -dvdn1.
have /dvd_ages_gcd[_ ages] := dvdnn (ages_gcd one_two); apply: ages.
  by rewrite longest_equal_shares.
have [-> ->] := one_two_kernel.
by rewrite ltr_pdivr_mulr ?ltr0n // -natrM ltr_nat.
Qed.

Example one_two_stable : stable one_two.
Proof. exact: coprime_ages_stable one_two_falls one_two_ages. Qed.

(** Lengths 1 and 2 without input: the kernel is 1, 1, and -1 is a marginal mode. *)
Let flat : mix R := @equal_shares R 0 1 0 2 isT.

Example flat_marginal : never_rises flat /\ marginal_modes flat = 1%N.
Proof.
have [k0 k1] : kernel flat 0 = 1 /\ kernel flat 1 = 1.
  by rewrite /kernel !mean_equal_shares /= /input /=; split; field.
have L2 : longest flat = 2%N by rewrite longest_equal_shares.
have falls : never_rises flat by rewrite /never_rises L2 => -[|m] // _; rewrite k0 k1.
have [_ _ _ /(_ falls)[-> _]] := no_start_evicts flat ltr01; split=> //.
suff -> : ages_gcd flat = 2%N by [].
apply/eqP; rewrite eqn_dvd; apply/andP; split.
  by have /dvd_ages_gcd[] := dvdnn (ages_gcd flat); rewrite L2.
by apply/dvd_ages_gcd; rewrite L2; split=> // -[|m] // _; rewrite k0 k1 ltxx.
Qed.

(** Lengths 1 and 3 without input: the kernel rises from 1 to 3/2, and three requests of length 3
    in stage 1, in a memory of 6 tokens that they fill, come to need 9. *)
Let one_three : mix R := @equal_shares R 0 1 0 3 isT.

Let in_stage_one (k j : nat) : R := if j == 1%N then 3%:R else 0.

Example one_three_evicts : class_evicted one_three 6%:R in_stage_one = 3%:R.
Proof.
have [k1 k2] : kernel one_three 1 = 1 /\ kernel one_three 2 = 3%:R / 2%:R.
  by rewrite /kernel !mean_equal_shares /= /input /=; split; field.
have [_ full _ _] := no_start_evicts one_three (ltr0Sn R 5).
rewrite (full _ 1%N) ?longest_equal_shares // ?k1 ?k2; first by field.
  by rewrite ltr_pdivl_mulr ?ltr0n // mul1r ltr_nat.
by move=> [|[|k]] [|[|j]] // _ _; rewrite /in_stage_one /full_of /= ?mulr0 // k1 /share /=; field.
Qed.

End Instances.
