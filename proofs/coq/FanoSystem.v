(** * R13: the linear system of the Fano factor

    [sum_i (g_(i+k) y_i + g_i y_(i+k)) = N_k], [0 <= k < L], has exactly one
    solution [y_0, ..., y_(L-1)], whatever the right-hand side, if no two modes
    (or a mode and itself) have the product 1: in particular for a stable mix.
    As a polynomial [Y = sum_i y_i X^i] the homogeneous system says
    [G(z) Y(1/z) + G(1/z) Y(z) = 0]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex.
From mathcomp.zify Require Import zify.
From mathcomp.algebra_tactics Require Import ring.
From stabkit Require Import Mix.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Reversed polynomials and their products *)
Section Reverse.
Variables (F : fieldType) (n : nat).
Implicit Types p q : {poly F}.

(** [X^n p(1/X)], for [p] of degree [n] at most. *)
Definition reverse p : {poly F} := \poly_(i < n.+1) p`_(n - i).

Lemma size_reverse p : (size (reverse p) <= n.+1)%N.
Proof. exact: size_poly. Qed.

Lemma reverseZ c p : reverse (c *: p) = c *: reverse p.
Proof. by apply/polyP=> i; rewrite coefZ !coef_poly coefZ; case: ifP; rewrite ?mulr0. Qed.

Lemma reverseK p : (size p <= n.+1)%N -> reverse (reverse p) = p.
Proof.
move=> p_size; apply/polyP=> i; rewrite !coef_poly; case: ltnP => i_n.
  by rewrite ltnS leq_subr subKn.
by rewrite nth_default // (leq_trans p_size).
Qed.

Lemma horner_reverse p x : x != 0 -> (size p <= n.+1)%N ->
  (reverse p).[x] = x ^+ n * p.[x^-1].
Proof.
move=> x_neq0 p_size; rewrite horner_poly (horner_coef_wide _ p_size) mulr_sumr.
rewrite (reindex_inj rev_ord_inj); apply: eq_bigr => -[k k_lt] _ /=.
rewrite subSS subKn // mulrCA; congr (_ * _).
by rewrite exprVn -expfB_cond // (negPf x_neq0).
Qed.

Lemma coef_reverse_low p q k : (size q <= n.+1)%N -> (k <= n)%N ->
  (p * reverse q)`_(n - k) = \sum_(i < n.+1) p`_i * q`_(i + k).
Proof.
move=> q_size k_le; have le : ((n - k).+1 <= n.+1)%N by rewrite ltnS leq_subr.
rewrite coefM (big_ord_widen _ (fun i => p`_i * (reverse q)`_(n - k - i)) le).
rewrite big_mkcond; apply: eq_bigr => i _; case: ifP => i_lt.
  by rewrite coef_poly ifT; [congr (_ * q`_ _) | ]; lia.
by rewrite [q`__]nth_default ?mulr0 // (leq_trans q_size); lia.
Qed.

Lemma coef_reverse_high p q k : (k <= n)%N ->
  (p * reverse q)`_(n + k) = \sum_(i < n.+1) p`_(i + k) * q`_i.
Proof.
move=> k_le; rewrite coefM -addSn addnC big_split_ord /= big1 => [|[i i_lt] _].
  rewrite add0r; apply: eq_bigr => -[i i_lt] _ /=; rewrite addnC coef_poly ifT.
    by congr (_ * q`_ _); lia.
  by lia.
by rewrite /= coef_poly ifF ?mulr0 //; lia.
Qed.

End Reverse.

Lemma map_reverse (E F : fieldType) (f : {rmorphism E -> F}) n p :
  map_poly f (reverse n p) = reverse n (map_poly f p).
Proof.
apply/polyP=> i; rewrite coef_map ![(reverse _ _)`_i]coef_poly coef_map.
by case: ifP => // _; apply: rmorph0.
Qed.

(** ** The system *)
Section FanoSystem.
Variables (R : rcfType) (M : mix R).

Let n := (longest M).-1.
Let G := generating_poly M.
Let F := characteristic_poly M.

Let LE : longest M = n.+1.
Proof. by rewrite prednK // longest_gt0. Qed.

(** The left-hand side of the [k]-th equation. *)
Definition fano_side (Y : {poly R}) (k : nat) : R :=
  \sum_(i < longest M) (kernel M (i + k) * Y`_i + kernel M i * Y`_(i + k)).

Let coef_G m : G`_m = kernel M m.
Proof.
rewrite coef_poly; case: ltnP => // m_ge; rewrite /kernel -[LHS](mean_const M).
by apply: eq_mean => c /decode_le_longest l_le; rewrite ltnNge (leq_trans l_le) // mulr0.
Qed.

Let size_G : (size G <= n.+1)%N.
Proof. by rewrite -LE size_poly. Qed.

Let F_reverse : F = reverse n G.
Proof.
apply/polyP=> i; rewrite !coef_poly -LE; case: ifP => // _.
by rewrite -/n -coef_poly coef_G.
Qed.

Let fano_sideE Y k : fano_side Y k =
  \sum_(i < n.+1) G`_(i + k) * Y`_i + \sum_(i < n.+1) G`_i * Y`_(i + k).
Proof. by rewrite /fano_side LE -big_split; apply: eq_bigr => i _; rewrite !coef_G. Qed.

(** All coefficients of [G Y* + Y F] are left-hand sides. *)
Let homogeneous (Y : {poly R}) : (size Y <= n.+1)%N ->
  (forall k, (k <= n)%N -> fano_side Y k = 0) -> G * reverse n Y + Y * F = 0.
Proof.
move=> Y_size zero; apply/polyP=> m; rewrite coef0 coefD F_reverse.
have [m_le | m_gt] := leqP m n.
  rewrite -(subKn m_le) !coef_reverse_low ?leq_subr // -[RHS](zero (n - m)%N) ?leq_subr //.
  rewrite fano_sideE addrC; congr (_ + _).
  by apply: eq_bigr => i _; rewrite mulrC.
have [m_le | m_big] := leqP (m - n) n.
  have mE : m = (n + (m - n))%N by lia.
  rewrite [in LHS]mE !coef_reverse_high // -[RHS](zero (m - n)%N) // fano_sideE.
  by congr (_ + _); apply: eq_bigr => i _; rewrite mulrC.
have high (p q : {poly R}) :
    (size p <= n.+1)%N -> (size q <= n.+1)%N -> (p * q)`_m = 0.
  move=> p_size q_size; apply: nth_default; apply: leq_trans (size_mul_leq _ _) _.
  by lia.
by rewrite !high ?size_reverse ?addr0.
Qed.

Hypothesis no_reciprocal_modes :
  forall z w, root F^:C z -> root F^:C w -> z * w != 1.

(** A common zero of [F] and [G] would be a mode whose inverse is one, too. *)
Let coprime_FG : coprimep F G.
Proof.
rewrite -(coprimep_map [rmorphism of real_complex R]).
apply: Pdiv.ClosedField.root_coprimep => z Fz; apply/eqP => Gz.
have value (x : R[i]) : x != 0 -> F^:C.[x] = x ^+ n * G^:C.[x^-1].
  move=> x_neq0; rewrite -horner_reverse ?size_map_poly // F_reverse.
  by rewrite map_reverse.
have z_neq0 : z != 0.
  apply: contra_eq_neq Gz => ->; rewrite horner_coef0 coef_map coef_G fmorph_eq0.
  by rewrite gt_eqF // kernel_gt0 // longest_gt0.
have := no_reciprocal_modes Fz; move/(_ z^-1); rewrite divff // eqxx => no.
suff: false by []; apply: no; rewrite rootE value ?invr_eq0 // invrK Gz mulr0 //.
Qed.

Let fano_side_injective (Y : {poly R}) : (size Y <= n.+1)%N ->
  (forall k, (k <= n)%N -> fano_side Y k = 0) -> Y = 0.
Proof.
move=> Y_size zero; have hom := homogeneous Y_size zero.
have F_size : size F = n.+1 by rewrite size_characteristic_poly LE.
have F_neq0 : F != 0 := characteristic_poly_neq0 M.
have GY : G * reverse n Y = - Y * F by apply/eqP; rewrite mulNr -addr_eq0 hom.
have: F %| G * reverse n Y by rewrite GY dvdp_mulIr.
rewrite Gauss_dvdpr ?coprime_FG // => /dvdpP[q qF].
have [c qE] : exists c, q = c%:P.
  exists q`_0; apply: size1_polyC; have := size_reverse n Y.
  rewrite qF; have [-> | q_neq0] := eqVneq q 0; first by rewrite size_poly0.
  by rewrite size_mul // F_size addnS /= addnC -[n.+1]addn1 leq_add2l.
have revY : reverse n Y = c *: F by rewrite qF qE mul_polyC.
have YE : Y = (- c) *: G.
  apply: (mulIf F_neq0); rewrite scaleNr mulNr; apply/eqP.
  by rewrite -addr_eq0 addrC -scalerAl scalerAr -revY hom.
have /eqP : c *: F = (- c) *: F by rewrite -revY YE reverseZ -F_reverse.
rewrite -subr_eq0 -scalerBl opprK scaler_eq0 (negPf F_neq0) orbF -mulr2n mulrn_eq0 /=.
by move/eqP=> c0; rewrite YE c0 oppr0 scale0r.
Qed.

Let side (y : 'rV[R]_n.+1) : 'rV[R]_n.+1 := \row_k fano_side (rVpoly y) k.

Let fano_side_linear k c (Y Z : {poly R}) :
  fano_side (c *: Y + Z) k = c * fano_side Y k + fano_side Z k.
Proof.
rewrite /fano_side mulr_sumr -big_split; apply: eq_bigr => i _ /=.
by rewrite !coefD !coefZ !mulrDr !(mulrCA _ c) addrACA.
Qed.

Let side_linear : linear side.
Proof. by move=> c y z; apply/rowP=> k; rewrite !mxE linearP fano_side_linear. Qed.
Canonical side_linear_map := Linear side_linear.

Theorem fano_system (N : nat -> R) :
  exists! Y : {poly R}, (size Y <= longest M)%N /\
    forall k, (k < longest M)%N -> fano_side Y k = N k.
Proof.
rewrite LE; have side_inj y : side y = 0 -> y = 0.
  move=> /rowP y0; apply: (can_inj rVpolyK); rewrite linear0.
  apply: fano_side_injective => [|k k_le]; first exact: size_poly.
  by have := y0 (Ordinal (k_le : (k < n.+1)%N)); rewrite !mxE.
have free : row_free (lin1_mx side_linear_map).
  by apply: inj_row_free => y; rewrite mul_rV_lin1; apply: side_inj.
have [y /rowP yN] : exists y, side y = \row_k N k.
  exists ((\row_k N k) *m invmx (lin1_mx side_linear_map)).
  by rewrite -[side _](mul_rV_lin1 side_linear_map) mulmxKV // -row_free_unit.
exists (rVpoly y); split=> [|Z [Z_size ZN]].
  split=> [|k k_lt]; first exact: size_poly.
  by have := yN (Ordinal k_lt); rewrite !mxE.
apply/eqP; rewrite -subr_eq0 addrC -scaleN1r; apply/eqP; apply: fano_side_injective.
  rewrite (leq_trans (size_add _ _)) // geq_max (leq_trans (size_scale_leq _ _)) //.
  exact: size_poly.
move=> k k_lt; rewrite fano_side_linear ZN //.
by have := yN (Ordinal (k_lt : (k < n.+1)%N)); rewrite !mxE => ->; rewrite mulN1r addNr.
Qed.

End FanoSystem.

(** A stable mix has all modes inside, and no two of them the product 1. *)
Corollary stable_fano_system (R : rcfType) (M : mix R) (N : nat -> R) :
  stable M ->
  exists! Y : {poly R}, (size Y <= longest M)%N /\
    forall k, (k < longest M)%N -> fano_side M Y k = N k.
Proof.
case/andP=> /eqP out /eqP on; apply: fano_system => z w Fz Fw.
have F0 := complex_characteristic_poly_neq0 M.
have /eqP := count_zeros_trichotomy F0; rewrite -size_zeros // [zeros_on_circle _]on.
rewrite [zeros_outside _]out !addn0 -all_count => /allP inside.
have {inside}inside x : root (characteristic_poly M)^:C x -> `|x| < 1.
  by rewrite -mem_zeros //; apply: inside.
apply: contraTneq (inside z Fz) => zw; rewrite -real_leNgt ?normr_real ?real1 //.
have := congr1 Num.norm zw; rewrite normrM normr1 => norm1.
by rewrite -norm1 ler_pimulr // ltW ?inside.
Qed.

(** ** Instance: inputs 1, lengths 1 and 2 in equal shares, the mode is -3/4 *)
Section Instance.
Variable R : rcfType.

Let one_two : mix R := @equal_shares R 1 1 1 2 isT.

Lemma one_two_mode x :
  root (characteristic_poly one_two)^:C x -> x = - (3%:R / 4%:R)%:C%C.
Proof.
have L2 : longest one_two = 2%N by rewrite /longest !big_cons big_nil.
have [k0 k1] : kernel one_two 0 = 2%:R /\ kernel one_two 1 = 3%:R / 2%:R.
  by rewrite /kernel !mean_equal_shares /input /=; split; field.
rewrite root_characteristic_poly L2 !big_ord_recr big_ord0 /= k0 k1.
rewrite add0r expr0 mulr1 expr1 addrC addr_eq0 => /eqP E.
have two_neq0 : (2%:R : R)%:C%C != 0 by rewrite fmorph_eq0 pnatr_eq0.
apply: (mulfI two_neq0); rewrite E mulrN -rmorphM; congr (- _%:C%C).
by field.
Qed.

Lemma one_two_stable : stable one_two.
Proof.
have F0 := complex_characteristic_poly_neq0 one_two.
have small x : root (characteristic_poly one_two)^:C x -> `|x| < 1.
  move/one_two_mode->; rewrite normrN ger0_norm ?lecR ?divr_ge0 ?ler0n //.
  rewrite -(rmorph1 [rmorphism of real_complex R]) ltcR.
  by rewrite ltr_pdivr_mulr ?ltr0n // mul1r ltr_nat.
apply/andP; split; apply/eqP; apply: (count_zeros_eq0 F0) => x /small x_lt.
  by rewrite lt_gtF.
by rewrite lt_eqF.
Qed.

Example one_two_system (N : nat -> R) :
  exists! Y : {poly R}, (size Y <= longest one_two)%N /\
    forall k, (k < longest one_two)%N -> fano_side one_two Y k = N k.
Proof. exact: stable_fano_system one_two_stable. Qed.

End Instance.
