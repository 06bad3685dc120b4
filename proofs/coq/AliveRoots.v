(** * R1: the roots of the survival polynomial

    [A] has no root outside the unit circle, and on it exactly the [g]-th
    roots of unity but 1, each simple: [g - 1] of them. The product of the
    cyclotomic polynomials [Phi_d], [d | g] and [d > 1], divides [A]. *)

From mathcomp Require Import all_ssreflect all_algebra all_field.
From mathcomp.real_closed Require Import complex.
From mathcomp.zify Require Import zify.
From stabkit Require Import Mix EnestromKakeya.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Powers that are 1: Bézout's identity, and geometric sums. *)
Section Powers.
Variable F : fieldType.

Lemma unity_gcd (R : realFieldType) (M : mix R) (z : F) :
  {in classes M, forall c, z ^+ decode c = 1} -> z ^+ gcd_decode M = 1.
Proof.
move=> z1; have [c c_in _] := longest_class M; have [_ l_gt0 _] := classP c_in.
have [m [prim_m _]] := prim_order_exists l_gt0 (z1 c c_in).
apply/eqP; rewrite -(prim_order_dvd prim_m); apply: dvd_gcd_decode => d d_in.
by rewrite (prim_order_dvd prim_m) z1.
Qed.

(** [1 + X + ... + X^(n-1)]. *)
Definition geometric n : {poly F} := \poly_(i < n) 1.

Lemma geometric_sum n : geometric n = \sum_(i < n) 'X^i.
Proof. by rewrite /geometric poly_def; apply: eq_bigr => i _; rewrite scale1r. Qed.

Lemma geometricE n : ('X - 1) * geometric n = 'X^n - 1.
Proof. by rewrite geometric_sum subrX1. Qed.

Lemma size_geometric n : size (geometric n) = n.
Proof.
by case: n => [|n]; rewrite /geometric ?size_poly_eq ?oner_neq0 //
  poly_def big_ord0 size_poly0.
Qed.

Lemma root_geometric n z : n%:R != 0 :> F ->
  root (geometric n) z = (z != 1) && (z ^+ n == 1).
Proof.
move=> n_neq0; have := congr1 (horner^~ z) (geometricE n).
rewrite !hornerE hornerXn => gz.
have [->|z_neq1] /= := eqVneq z 1.
  rewrite rootE geometric_sum horner_sum (eq_bigr (fun=> 1)).
    by rewrite sumr_const card_ord (negPf n_neq0).
  by move=> i _; rewrite hornerXn expr1n.
by rewrite rootE -[RHS]subr_eq0 -gz mulf_eq0 subr_eq0 (negPf z_neq1).
Qed.

Lemma horner_derivXn k (z : F) : z * ('X^k : {poly F})^`().[z] = k%:R * z ^+ k.
Proof.
case: k => [|k]; first by rewrite derivC horner0 mulr0 mul0r.
by rewrite derivXn hornerMn hornerXn mulr_natl mulrnAr exprS.
Qed.

Lemma geometric_simple n z : n%:R != 0 :> F ->
  root (geometric n) z -> (geometric n)^`().[z] != 0.
Proof.
move=> n_neq0 Uz; have := Uz; rewrite root_geometric // => /andP[_ /eqP zn].
have := congr1 (fun p : {poly F} => z * p^`().[z]) (geometricE n).
rewrite derivM hornerD !hornerM (eqP Uz) mulr0 add0r.
rewrite raddfB /= derivC subr0 horner_derivXn zn mulr1; apply: contra_eq_neq => ->.
by rewrite !mulr0 eq_sym.
Qed.

Lemma geometric_dvd d n : (d %| n)%N -> geometric d %| geometric n.
Proof.
case/dvdnP=> q ->; apply/dvdpP; exists (\sum_(i < q) 'X^(d * i)).
have X1 : 'X - 1 != 0 :> {poly F} by rewrite polyXsubC_eq0.
apply: (mulfI X1); rewrite geometricE mulrCA geometricE mulrC.
by rewrite mulnC exprM subrX1; congr (_ * _); apply: eq_bigr => i _; rewrite -exprM.
Qed.

Lemma geometric_cyclotomic n : (0 < n)%N ->
  geometric n = map_poly intr (\prod_(d <- divisors n | (1 < d)%N) 'Phi_d).
Proof.
move=> n_gt0; have X1 : 'X - 1 != 0 :> {poly F} by rewrite polyXsubC_eq0.
have Phi1 : 'Phi_1 = 'X - 1 by have := prod_Cyclotomic (ltn0Sn 0); rewrite big_seq1.
have XnE : 'X^n - 1 = ('X - 1) * \prod_(d <- divisors n | (1 < d)%N) 'Phi_d.
  rewrite -prod_Cyclotomic // (bigD1_seq 1%N) ?divisors_uniq -?dvdn_divisors //=.
  rewrite Phi1 big_seq_cond [in RHS]big_seq_cond; congr (_ * _).
  apply: eq_bigl => d; rewrite -dvdn_divisors //; case: (posnP d) => [->|d_gt0].
    by rewrite dvd0n (gtn_eqF n_gt0).
  by rewrite ltn_neqAle eq_sym d_gt0 andbT.
have map_Xn k : map_poly intr ('X^k - 1) = 'X^k - 1 :> {poly F}.
  by rewrite rmorphB /= map_polyXn rmorph1.
apply: (mulfI X1); rewrite geometricE -map_Xn XnE rmorphM /=.
by rewrite -['X in RHS]expr1 -map_Xn.
Qed.

End Powers.

(** ** R1 *)
Section AliveRoots.
Variables (R : rcfType) (M : mix R).

Let L := longest M.
Let n := L.-1.
Let g := gcd_decode M.
Let A := survival_poly M.

Let LE : L = n.+1.
Proof. by rewrite prednK // longest_gt0. Qed.

Let a k : R[i] := (survival M (n - k))%:C%C.

Let root_equation z : root A^:C z = (\sum_(k < n.+1) a k * z ^+ k == 0).
Proof. by rewrite root_survival_poly -LE. Qed.

Let a_gt0 k : (k <= n)%N -> 0 < a k.
Proof. by move=> k_le; rewrite ltcR survival_gt0 // -/L LE ltnS leq_subr. Qed.

Let a_rises k : (k < n)%N -> a k <= a k.+1.
Proof. by move=> k_lt; rewrite lecR -subnSK // survival_le. Qed.

Let unity_decode (z : R[i]) c : z ^+ g = 1 -> c \in classes M -> z ^+ decode c = 1.
Proof. by move=> zg /gcd_dvd_decode/dvdnP[q ->]; rewrite mulnC exprM zg expr1n. Qed.

(** No root outside. *)
Theorem alive_roots_le z : root A^:C z -> `|z| <= 1.
Proof.
rewrite root_equation => /eqP; apply: enestrom_kakeya_outer ltr01 a_gt0 _.
by move=> k k_lt; rewrite mul1r a_rises.
Qed.

(** On the circle: the roots of unity, by the case of equality. *)
Theorem alive_roots_on_circle z : `|z| = 1 ->
  root A^:C z = (z != 1) && (z ^+ g == 1).
Proof.
move=> z1; have z_neq0 : z != 0 by rewrite -normr_eq0 z1 oner_eq0.
have equality := enestrom_kakeya_equality z1 (a_gt0 (leq0n n)) a_rises.
rewrite root_equation; apply/eqP/andP => [/equality[z_neq1 zL zk] | [z_neq1 /eqP zg]].
  split=> //; apply/eqP/unity_gcd => c c_in.
  have := decode_le_longest c_in; rewrite -/L leq_eqVlt => /orP[/eqP -> | c_lt].
    by rewrite LE.
  have c_le : (decode c <= n)%N by rewrite -ltnS -LE.
  have [_ c_gt0 _] := classP c_in; apply: (mulfI (expf_neq0 (n - decode c).+1 z_neq0)).
  rewrite -exprD addSn subnK // zL mulr1 zk //.
    by rewrite ltn_subrL c_gt0 (leq_trans c_gt0).
  by rewrite ltcR subnS !subKn // survival_lt.
have zL : z ^+ n.+1 = 1.
  have [c c_in lc] := longest_class M.
  by rewrite -LE /L -lc; apply: unity_decode.
apply/equality; split=> // k k_lt; rewrite ltcR -(subnSK k_lt).
case/survival_lt_class=> c c_in; rewrite subnSK // => lc.
have := unity_decode zg c_in; rewrite lc => zc.
apply: (mulfI (expf_neq0 (n - k) z_neq0)).
by rewrite -exprD mulr1 zc addnS subnK // ltnW.
Qed.

(** The renewal identity, [(X - 1) A = X^L - sum_k p_k X^(L - l_k)]. *)
Let A_class (c : class R) : {poly R} := 'X^(L - decode c) * geometric R (decode c).

Lemma survival_poly_classes : A = \sum_(c <- M) share c *: A_class c.
Proof.
apply/polyP=> k; rewrite coef_poly coef_sum -/L.
have [k_lt | k_ge] := ltnP k L.
  apply: eq_big_seq => c /decode_le_longest; rewrite -/L => l_le.
  rewrite coefZ coefXnM coef_poly; congr (_ * _).
  have -> : (L.-1 - k < decode c)%N = ~~ (k < L - decode c)%N by lia.
  case: ifP => // k_ge; suff -> : (k - (L - decode c) < decode c)%N by [].
  lia.
symmetry; apply: big1_seq => c /andP[_ /decode_le_longest]; rewrite -/L => l_le.
have out : (k - (L - decode c) < decode c)%N = false by lia.
by rewrite coefZ coefXnM coef_poly out if_same mulr0.
Qed.

Lemma renewal_identity :
  ('X - 1) * A = 'X^L - \sum_(c <- M) share c *: 'X^(L - decode c).
Proof.
rewrite survival_poly_classes mulr_sumr.
transitivity (\sum_(c <- M) share c *: ('X^L - 'X^(L - decode c))).
  apply: eq_big_seq => c /decode_le_longest; rewrite -/L => l_le.
  by rewrite -scalerAr mulrCA geometricE mulrBr mulr1 -exprD subnK.
under eq_bigr do rewrite scalerBr.
by rewrite sumrB -scaler_suml share_total scale1r.
Qed.

(** (iii): the cyclotomic polynomials divide [A]. *)
Theorem cyclotomic_dvd_survival :
  map_poly intr (\prod_(d <- divisors g | (1 < d)%N) 'Phi_d) %| A.
Proof.
rewrite -geometric_cyclotomic ?gcd_decode_gt0 // survival_poly_classes.
rewrite big_seq; apply: (big_ind (fun p => geometric R g %| p)) => [|p q|c c_in].
- exact: dvdp0.
- exact: dvdp_add.
have [_ _ p_gt0] := classP c_in.
by rewrite dvdpZr ?gt_eqF // dvdp_mull // geometric_dvd // gcd_dvd_decode.
Qed.

(** Where [z^g = 1] the derivative of the identity says that the root is
    simple. *)
Lemma alive_roots_derivative z : root A^:C z -> z ^+ g = 1 ->
  z * (z - 1) * A^:C^`().[z] = (mean_decode M)%:C%C.
Proof.
move=> /eqP Az zg; have zL : z ^+ L = 1.
  by have [c c_in lc] := longest_class M; rewrite /L -lc unity_decode.
have := congr1 (fun p : {poly R} => z * p^:C^`().[z]) renewal_identity.
rewrite rmorphM /= derivM hornerD !hornerM Az mulr0 add0r.
have -> : ('X - 1)^:C.[z] = z - 1 by rewrite rmorphB /= map_polyX rmorph1 !hornerE.
rewrite mulrA => ->.
rewrite rmorphB raddfB /= map_polyXn hornerD hornerN mulrBr horner_derivXn zL mulr1.
rewrite rmorph_sum raddf_sum horner_sum mulr_sumr.
have -> : mean_decode M = L%:R - mean M (fun c => (L - decode c)%:R).
  rewrite -[L%:R](mean_const M) -meanB; apply: eq_mean => c /decode_le_longest l_le.
  by rewrite natrB // opprB addrC subrK.
rewrite [RHS]rmorphB rmorph_nat; congr (_ - _); rewrite [RHS]rmorph_sum.
apply: eq_big_seq => c c_in /=; rewrite map_polyZ map_polyXn derivZ hornerZ.
rewrite mulrCA horner_derivXn rmorphM rmorph_nat; congr (_ * _).
suff -> : z ^+ (L - decode c) = 1 by rewrite mulr1.
have l_le : (decode c <= L)%N := decode_le_longest c_in.
by rewrite -[RHS]zL -[in RHS](subnK l_le) exprD unity_decode // mulr1.
Qed.

Theorem alive_roots_simple z :
  `|z| = 1 -> root A^:C z -> A^:C^`().[z] != 0.
Proof.
move=> z1 Az; have := Az; rewrite alive_roots_on_circle // => /andP[_ /eqP zg].
have := alive_roots_derivative Az zg; apply: contra_eq_neq => ->.
by rewrite mulr0 eq_sym lt0r_neq0 // ltcR mean_decode_gt0.
Qed.

(** (i) and (ii): the numbers of roots outside and on the circle. *)
Theorem alive_roots_outside : zeros_outside A^:C = 0%N.
Proof.
apply: count_zeros_eq0 (complex_survival_poly_neq0 M) _ => z /alive_roots_le.
by rewrite real_leNgt ?real1 ?normr_real.
Qed.

Theorem alive_roots_count : zeros_on_circle A^:C = g.-1.
Proof.
have g_neq0 : g%:R != 0 :> R[i] by rewrite pnatr_eq0 -lt0n gcd_decode_gt0.
have U0 : geometric [fieldType of R[i]] g != 0.
  by rewrite -size_poly_gt0 size_geometric gcd_decode_gt0.
rewrite /zeros_on_circle -size_filter -(size_geometric [fieldType of R[i]] g).
rewrite -size_zeros //; apply: perm_size; apply: uniq_perm.
- apply: uniq_simple_zeros (complex_survival_poly_neq0 M) _ => z /eqP z1.
  exact: alive_roots_simple.
- rewrite -[zeros _]filter_predT; apply: uniq_simple_zeros => // z _.
  exact: geometric_simple.
move=> z; rewrite mem_filter !mem_zeros ?complex_survival_poly_neq0 //.
rewrite root_geometric //; apply/andP/idP => [[/eqP z1] | zg].
  by rewrite alive_roots_on_circle.
have z1 : `|z| = 1.
  case/andP: zg => _ /eqP zg.
  apply/eqP; rewrite -(@pexpr_eq1 _ _ g) ?gcd_decode_gt0 //.
  by rewrite -normrX zg normr1.
by rewrite z1 eqxx alive_roots_on_circle.
Qed.

End AliveRoots.

(** ** Instance: lengths 4 and 6, [g = 2], and -1 is the one root on the circle *)
Section Instance.
Variable R : rcfType.

Let four_six : mix R := @equal_shares R 5 4 5 6 isT.

Example four_six_roots :
  [/\ zeros_outside (survival_poly four_six)^:C = 0%N,
      zeros_on_circle (survival_poly four_six)^:C = 1%N
    & root (survival_poly four_six)^:C (-1)].
Proof.
have g2 : gcd_decode four_six = 2%N by rewrite /gcd_decode !big_cons big_nil.
split; first exact: alive_roots_outside; first by rewrite alive_roots_count g2.
rewrite alive_roots_on_circle ?normrN1 // g2 sqrrN expr1n eqxx andbT.
by rewrite eqNr oner_eq0.
Qed.

Example four_six_cyclotomic : 'X + 1 %| survival_poly four_six.
Proof.
have g2 : gcd_decode four_six = 2%N by rewrite /gcd_decode !big_cons big_nil.
have := cyclotomic_dvd_survival four_six; rewrite -geometric_cyclotomic ?gcd_decode_gt0 // g2.
by rewrite geometric_sum !big_ord_recr big_ord0 /= add0r expr0 expr1 addrC.
Qed.

End Instance.
