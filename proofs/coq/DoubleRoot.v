(** * R4: multiple roots for two decode lengths

    Let [l1 < l2] be the two decode lengths, [g] their gcd and [p] the share of
    [l1].  Exactly one [p] in (0, 1), the critical one, solves
    [p^l2 (l2 - l1)^(l2 - l1) l1^l1 = (1 - p)^l1 l2^l2].  [A] has a multiple
    root if and only if [l1 / g] is even and [p] is critical.  Then the multiple
    roots are double, and they are the [g] roots of [z^g = -c], where [c > 0]
    and [l2 c^(l1/g) = p (l2 - l1)]; one is real if [g] is odd, none if not. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex polyrcf.
From mathcomp.zify Require Import zify.
From mathcomp.algebra_tactics Require Import ring.
From stabkit Require Import Mix AliveRoots DoubleRootAlgebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** The critical share *)
Section Critical.
Variables (R : rcfType) (l1 l2 : nat).
Hypotheses (l1_gt0 : (0 < l1)%N) (l1_lt : (l1 < l2)%N).

Let d := (l2 - l1)%N.
Let g := gcdn l1 l2.
Let a := (l1 %/ g)%N.
Let b := (l2 %/ g)%N.

Definition critical (p : R) :=
  p ^+ l2 * d%:R ^+ d * l1%:R ^+ l1 == (1 - p) ^+ l1 * l2%:R ^+ l2.

Let l1E : (a * g = l1)%N. Proof. exact: divnK (dvdn_gcdl l1 l2). Qed.
Let l2E : (b * g = l2)%N. Proof. exact: divnK (dvdn_gcdr l1 l2). Qed.
Let l2_gt0 : (0 < l2)%N. Proof. exact: ltn_trans l1_lt. Qed.
Let d_gt0 : (0 < d)%N. Proof. by rewrite subn_gt0. Qed.
Let g_gt0 : (0 < g)%N. Proof. by rewrite gcdn_gt0 l1_gt0. Qed.

(** (i): exactly one. *)
Theorem critical_share_exists : exists2 p, 0 < p < 1 & critical p.
Proof.
pose f : {poly R} := (d%:R ^+ d * l1%:R ^+ l1) *: 'X^l2 - l2%:R ^+ l2 *: (1 - 'X) ^+ l1.
have fE p : f.[p] = p ^+ l2 * d%:R ^+ d * l1%:R ^+ l1 - (1 - p) ^+ l1 * l2%:R ^+ l2.
  by rewrite !hornerE hornerXn horner_exp !hornerE mulrC mulrA [_ * l2%:R ^+ l2]mulrC.
have f0 : f.[0] < 0.
  rewrite fE expr0n eqn0Ngt l2_gt0 !mul0r subr0 expr1n mul1r sub0r oppr_lt0.
  by rewrite exprn_gt0 ?ltr0n.
have f1 : 0 < f.[1].
  rewrite fE subrr [0 ^+ l1]expr0n eqn0Ngt l1_gt0 mul0r subr0 expr1n mul1r.
  by rewrite mulr_gt0 ?exprn_gt0 ?ltr0n.
have [||p /andP[p_ge p_le] /eqP fp] := @poly_ivt R f 0 1; rewrite ?ler01 ?ltW //.
exists p; last by rewrite /critical -subr_eq0 -fE fp.
rewrite !lt_neqAle p_ge p_le !andbT; apply/andP; split.
  by apply: contraTneq f0 => p0; rewrite [X in _.[X]]p0 fp ltxx.
by apply: contraTneq f1 => <-; rewrite fp ltxx.
Qed.

Theorem critical_share_unique p q :
  0 < p < 1 -> 0 < q < 1 -> critical p -> critical q -> p = q.
Proof.
wlog lt_pq : p q / p < q => [wl p_in q_in cp cq|].
  case: (ltgtP p q) => // lt_pq; first exact: wl.
  by apply/esym/wl.
move=> /andP[p_gt0 p_lt1] /andP[q_gt0 q_lt1] /eqP cp /eqP cq.
have: p ^+ l2 * d%:R ^+ d * l1%:R ^+ l1 < q ^+ l2 * d%:R ^+ d * l1%:R ^+ l1.
  by rewrite !ltr_pmul2r ?exprn_gt0 ?ltr0n // ltr_pexpn2r ?nnegrE ?ltW.
rewrite cp cq ltr_pmul2r ?exprn_gt0 ?ltr0n //.
rewrite ltr_pexpn2r ?nnegrE ?subr_ge0 ?ltW //.
by rewrite ltr_add2l ltr_opp2 ltNge ltW.
Qed.

(** What [z^l1] and [- z^l2] are at a multiple root. *)
Definition head_power (p : R) := p * d%:R / l2%:R.
Definition tail_power (p : R) := (1 - p) * d%:R / l1%:R.

Lemma critical_moduli p : 0 < p < 1 ->
  critical p = (head_power p ^+ b == tail_power p ^+ a).
Proof.
move=> /andP[p_gt0 p_lt1].
have nat_neq0 k n : (0 < k)%N -> k%:R ^+ n != 0 :> R.
  by move=> k_gt0; rewrite expf_neq0 // pnatr_eq0 -lt0n.
have dE : d%:R ^+ l2 = d%:R ^+ d * d%:R ^+ l1 :> R by rewrite -exprD subnK // ltnW.
rewrite -(eqr_expn2 g_gt0) ?exprn_ge0 ?divr_ge0 ?mulr_ge0 ?ler0n ?subr_ge0 ?ltW //.
rewrite -!exprM l1E l2E !exprMn !exprVn eqr_div ?nat_neq0 // dE /critical.
rewrite -(inj_eq (mulIf (nat_neq0 _ l1 d_gt0))); congr (_ == _); last exact: mulrAC.
by rewrite mulrAC -!mulrA.
Qed.

End Critical.

(** ** Two decode lengths *)
Section TwoLengths.
Variables (R : rcfType) (M : mix R) (l1 l2 : nat).
Hypothesis l1_lt : (l1 < l2)%N.
Hypothesis two_lengths :
  {in classes M, forall c, decode c = l1 \/ decode c = l2}.
Hypothesis first_occurs : exists2 c, c \in classes M & decode c = l1.
Hypothesis second_occurs : exists2 c, c \in classes M & decode c = l2.

(** The share of [l1]. *)
Definition first_share : R := mean M (fun c => (decode c == l1)%:R).

Let p := first_share.
Let d := (l2 - l1)%N.
Let g := gcdn l1 l2.
Let a := (l1 %/ g)%N.
Let b := (l2 %/ g)%N.
Let A := (survival_poly M)^:C.

Let l1_gt0 : (0 < l1)%N.
Proof. by have [c /classP[_ + _] <-] := first_occurs. Qed.

Lemma first_share_in : 0 < p < 1.
Proof.
have [c1 c1_in lc1] := first_occurs; have [c2 c2_in lc2] := second_occurs.
apply/andP; split.
  by apply: (mean_gt0 _ c1_in) => [c _|]; rewrite ?ler0n // lc1 eqxx ltr01.
rewrite -subr_gt0 -{1}(mean_const M 1) -meanB.
apply: (mean_gt0 _ c2_in) => [c _|]; first by rewrite subr_ge0 lern1 leq_b1.
by rewrite lc2 gtn_eqF // subr0 ltr01.
Qed.

Lemma two_longest : longest M = l2.
Proof.
have [c2 c2_in lc2] := second_occurs.
apply/eqP; rewrite eqn_leq -{2}lc2 decode_le_longest // andbT.
have [c1 c1_in <-] := longest_class M.
by case: (two_lengths c1_in) => ->; rewrite // ltnW.
Qed.

Lemma two_gcd : gcd_decode M = g.
Proof.
apply/eqP; rewrite eqn_dvd; apply/andP; split.
  have [c1 c1_in lc1] := first_occurs; have [c2 c2_in lc2] := second_occurs.
  by rewrite dvdn_gcd -{1}lc1 -lc2 !gcd_dvd_decode.
by apply: dvd_gcd_decode => c /two_lengths[] ->; rewrite ?dvdn_gcdl ?dvdn_gcdr.
Qed.

Lemma two_renewal :
  ('X - 1) * A = 'X^l2 - p%:C%C *: 'X^d - (1 - p)%:C%C%:P.
Proof.
have := congr1 (fun f : {poly R} => f^:C) (renewal_identity M).
rewrite rmorphM rmorphB /= map_polyX rmorph1 => ->; rewrite two_longest.
have -> : \sum_(c <- M) share c *: 'X^(l2 - decode c) = p *: 'X^d + (1 - p)%:P.
  have qE : 1 - p = mean M (fun c => 1 - (decode c == l1)%:R).
    by rewrite meanB mean_const.
  rewrite -alg_polyC qE !scaler_suml -big_split; apply: eq_big_seq => c c_in /=.
  case: (two_lengths c_in) => ->; first by rewrite eqxx subrr mulr0 scale0r addr0 mulr1.
  by rewrite gtn_eqF // subr0 mulr0 scale0r add0r mulr1 subnn expr0.
by rewrite rmorphB rmorphD /= map_polyZ !map_polyXn map_polyC opprD addrA.
Qed.

Let P : R[i] := p%:C%C.
Let Q : R[i] := (1 - p)%:C%C.

(** The identity at [z], and what its derivatives say there. *)
Lemma value_at z : (z - 1) * A.[z] = z ^+ l2 - P * z ^+ d - Q.
Proof.
have := congr1 (horner^~ z) two_renewal.
by rewrite hornerM !hornerD !hornerN hornerX hornerC hornerZ !hornerXn hornerC.
Qed.

Let euler_derivative :
  'X * (A + ('X - 1) * A^`()) = l2%:R *: 'X^l2 - (P * d%:R) *: 'X^d.
Proof.
have derivXk k : 'X * ('X^k)^`() = k%:R *: 'X^k :> {poly R[i]}.
  case: k => [|k]; first by rewrite derivC mulr0 scale0r.
  by rewrite derivXn mulrnAr -exprS scaler_nat.
have := congr1 (fun f => 'X * f^`()) two_renewal.
rewrite derivM !derivB derivX derivC subr0 mul1r => ->.
by rewrite derivZ derivC subr0 mulrBr derivXk -scalerAr derivXk scalerA.
Qed.

Lemma derivative_at z :
  z * (A.[z] + (z - 1) * A^`().[z]) = l2%:R * z ^+ l2 - P * d%:R * z ^+ d.
Proof.
have := congr1 (horner^~ z) euler_derivative.
by rewrite hornerM hornerD hornerM !hornerD !hornerN hornerX hornerC !hornerZ !hornerXn.
Qed.

Lemma second_derivative_at z : multiple A z ->
  z * (z * ((z - 1) * A^`()^`().[z])) =
  l2%:R * (l2%:R * z ^+ l2) - P * d%:R * (d%:R * z ^+ d).
Proof.
move=> /andP[/eqP Az /eqP dAz].
have := congr1 (fun f => z * f^`().[z]) euler_derivative.
rewrite derivM derivX mul1r derivD derivM derivB derivX derivC subr0 mul1r.
rewrite derivB !derivZ !(hornerD, hornerN, hornerM, hornerZ) hornerX hornerC Az dAz.
rewrite mulrBr ![z * (_ * _.[z])]mulrCA !horner_derivXn => <-.
by rewrite !mulr0 !add0r; congr (_ * _); apply: mulrCA.
Qed.

(** At a multiple root [z] the powers [z^l1] and [z^l2] are known. *)
Let D : R[i] := d%:R.

Let lengths : l2%:R = l1%:R + D.
Proof. by rewrite -natrD addnC subnK // ltnW. Qed.

Let D_neq0 : D != 0.
Proof. by rewrite pnatr_eq0 -lt0n subn_gt0. Qed.

Let Q_gt0 : 0 < Q.
Proof. by rewrite ltcR subr_gt0; case/andP: first_share_in. Qed.

Let P_gt0 : 0 < P.
Proof. by rewrite ltcR; case/andP: first_share_in. Qed.

Let power_split (z : R[i]) : z ^+ l2 = z ^+ l1 * z ^+ d.
Proof. by rewrite -exprD addnC subnK // ltnW. Qed.

Let l2_gt0 : (0 < l2)%N.
Proof. exact: ltn_trans l1_lt. Qed.

Lemma multiple_powers z : multiple A z <->
  l2%:R * z ^+ l1 = P * D /\ l1%:R * z ^+ l2 = - (Q * D).
Proof.
have nonzero k : (0 < k)%N -> z ^+ k != 0 -> z != 0.
  by move=> k_gt0; apply: contraNneq => ->; rewrite expr0n eqn0Ngt k_gt0.
split=> [/andP[/eqP Az /eqP dAz] | [head tail]].
  have := value_at z; rewrite Az mulr0 => /esym value.
  have := derivative_at z; rewrite Az dAz !(mulr0, addr0) => /esym deriv.
  have z_neq0 : z != 0.
    apply: contra_eq_neq value => ->; rewrite !expr0n !eqn0Ngt subn_gt0 l1_lt.
    by rewrite l2_gt0 /= mulr0 subrr sub0r oppr_eq0 gt_eqF.
  rewrite power_split lengths; apply/double_root_equations; rewrite ?expf_neq0 //.
  by rewrite -lengths -power_split.
have z_neq0 : z != 0.
  apply: (nonzero l1) => //; apply: contra_eq_neq head => ->.
  by rewrite mulr0 eq_sym mulf_eq0 negb_or gt_eqF.
have z_neq1 : z - 1 != 0.
  rewrite subr_eq0; apply: contra_eq_neq tail => ->.
  rewrite expr1n mulr1 -addr_eq0 gt_eqF // addr_gt0 ?mulr_gt0 ?ltr0n //.
  by rewrite subn_gt0.
have [|||value deriv] := (@double_root_equations _ l1%:R D P Q (z ^+ l1) (z ^+ d) _ _).2.
- exact: D_neq0.
- exact: expf_neq0.
- by rewrite -lengths -power_split.
have Az : A.[z] = 0.
  by apply: (mulfI z_neq1); rewrite value_at power_split value mulr0.
apply/andP; split; apply/eqP => //.
apply: (mulfI z_neq1); apply: (mulfI z_neq0); rewrite !mulr0 -[RHS]deriv.
by rewrite -lengths -power_split -derivative_at Az add0r.
Qed.

(** No root is triple. *)
Lemma multiple_is_double z : multiple A z -> count_mem z (zeros A) = 2%N.
Proof.
move=> mz; apply: count_double_zero => //.
have [head tail] := (multiple_powers z).1 mz; have := second_derivative_at mz.
rewrite power_split lengths in head *; rewrite double_root_curvature //.
rewrite -power_split tail; apply: contra_eq_neq => ->.
rewrite !mulr0 eq_sym mulf_eq0 negb_or.
by rewrite oppr_eq0 mulf_eq0 negb_or D_neq0 -lengths pnatr_eq0 -lt0n l2_gt0 gt_eqF.
Qed.

Let U := head_power l1 l2 p.
Let V := tail_power l1 l2 p.

Let U_gt0 : 0 < U.
Proof.
have [p_gt0 _] := andP first_share_in.
by rewrite divr_gt0 ?mulr_gt0 ?ltr0n ?subn_gt0.
Qed.

Let V_gt0 : 0 < V.
Proof.
have [_ p_lt1] := andP first_share_in.
by rewrite divr_gt0 ?mulr_gt0 ?subr_gt0 ?ltr0n ?subn_gt0.
Qed.

Lemma multiple_powersE z :
  multiple A z <-> z ^+ l1 = U%:C%C /\ z ^+ l2 = (- V)%:C%C.
Proof.
have l1_neq0 : l1%:R != 0 :> R[i] by rewrite pnatr_eq0 -lt0n.
have l2_neq0 : l2%:R != 0 :> R[i] by rewrite pnatr_eq0 -lt0n l2_gt0.
have UE : l2%:R * U%:C%C = P * D.
  by rewrite /U /head_power fmorph_div rmorphM !rmorph_nat mulrC divfK.
have VE : l1%:R * (- V)%:C%C = - (Q * D).
  by rewrite rmorphN /V /tail_power fmorph_div rmorphM !rmorph_nat mulrN mulrC divfK.
rewrite multiple_powers -UE -VE; split=> [[/(mulfI l2_neq0) z1 /(mulfI l1_neq0) z2] //|].
by case=> -> ->.
Qed.

(** *** (ii): a multiple root needs an even [l1 / g] and the critical share *)
Let g_gt0 : (0 < g)%N.
Proof. by rewrite gcdn_gt0 l1_gt0. Qed.

Let l1E : (g * a)%N = l1.
Proof. by rewrite mulnC divnK // dvdn_gcdl. Qed.

Let l2E : (g * b)%N = l2.
Proof. by rewrite mulnC divnK // dvdn_gcdr. Qed.

Let gcd_ab : gcdn a b = 1%N.
Proof. by apply/eqP; rewrite -(eqn_pmul2l g_gt0) muln_gcdr l1E l2E muln1. Qed.

Let even_power (x : R) : ~~ odd a -> (- x) ^+ a = x ^+ a.
Proof. by move=> even_a; rewrite exprNn -signr_odd (negPf even_a) mul1r. Qed.

Theorem multiple_root_needs z :
  multiple A z -> ~~ odd a /\ critical l1 l2 p.
Proof.
case/multiple_powersE=> z1 z2; have UV : U ^+ b = (- V) ^+ a.
  apply: complexI; rewrite !rmorphX /= -z1 -z2 -l1E -l2E -!exprM.
  by congr (_ ^+ _); rewrite mulnAC.
have even_a : ~~ odd a.
  apply: contraTN (exprn_gt0 b U_gt0) => odd_a.
  rewrite UV exprNn -signr_odd odd_a mulN1r oppr_gt0 -leNgt.
  by rewrite exprn_ge0 ?ltW.
by split=> //; rewrite critical_moduli ?first_share_in // -/U -/V UV even_power.
Qed.

(** *** (iii) and (iv): then the multiple roots are those of [z^g = -c] *)
Section CriticalShare.
Hypotheses (even_a : ~~ odd a) (critical_p : critical l1 l2 p).

Let a_gt0 : (0 < a)%N.
Proof. by move: l1_gt0; rewrite -l1E muln_gt0 => /andP[]. Qed.

Let odd_b : odd b.
Proof.
apply: contraT => even_b; have: (2 %| gcdn a b)%N by rewrite dvdn_gcd !dvdn2 even_a.
by rewrite gcd_ab.
Qed.

Let common : exists2 c : R, 0 < c & c ^+ a = U /\ c ^+ b = V.
Proof.
apply: common_root => //; apply/eqP.
by rewrite -critical_moduli ?first_share_in.
Qed.

Theorem double_roots : exists2 c : R,
  0 < c /\ l2%:R * c ^+ a = p * d%:R
  & forall z, multiple A z <-> z ^+ g = (- c)%:C%C.
Proof.
have [c c_gt0 [ca cb]] := common; exists c.
  by split=> //; rewrite ca /U /head_power mulrC divfK // pnatr_eq0 -lt0n l2_gt0.
have c_neq0 : (- c)%:C%C != 0 by rewrite fmorph_eq0 oppr_eq0 gt_eqF.
have cV : (- c) ^+ b = - V by rewrite exprNn -signr_odd odd_b mulN1r cb.
have cU : (- c) ^+ a = U by rewrite even_power.
move=> z; rewrite multiple_powersE -cU -cV !rmorphX -{1}l1E -{1}l2E !exprM.
by split=> [[za zb] | ->] //; apply: (coprime_powers c_neq0 a_gt0 gcd_ab).
Qed.

(** There are [g] of them. *)
Corollary double_roots_number :
  size (undup (filter (multiple A) (zeros A))) = g.
Proof.
have [c [c_gt0 _] mE] := double_roots; pose B : {poly R[i]} := 'X^g - (- c)%:C%C%:P.
have sizeB : size B = g.+1.
  by rewrite size_addl size_polyXn // size_opp (leq_ltn_trans (size_polyC_leq1 _)).
have B0 : B != 0 by rewrite -size_poly_gt0 sizeB.
have rootB z : root B z = (z ^+ g == (- c)%:C%C).
  by rewrite rootE !hornerE hornerXn subr_eq0.
rewrite -[RHS]/(g.+1.-1) -sizeB -(size_zeros B0); apply: perm_size; apply: uniq_perm.
- exact: undup_uniq.
- rewrite -[zeros B]filter_predT; apply: uniq_simple_zeros => // z _.
  rewrite rootB => /eqP zg; rewrite derivB derivC subr0.
  have: z * ('X^g)^`().[z] != 0.
    rewrite horner_derivXn zg mulf_neq0 ?pnatr_eq0 -?lt0n //.
    by rewrite fmorph_eq0 oppr_eq0 gt_eqF.
  by rewrite mulf_eq0 negb_or => /andP[].
move=> z; rewrite mem_undup mem_filter !mem_zeros ?complex_survival_poly_neq0 //.
rewrite rootB; apply/andP/eqP => [[/mE] // | /mE mz]; split=> //.
by case/andP: mz.
Qed.

(** One of them is real if [g] is odd, and none if not. *)
Corollary double_roots_real :
  if odd g then exists! x : R, multiple A x%:C%C
  else forall x : R, ~ multiple A x%:C%C.
Proof.
have [c [c_gt0 _] mE] := double_roots.
have realE (x : R) : multiple A x%:C%C <-> x ^+ g = - c.
  by rewrite mE -rmorphX; split=> [/complexI | ->].
case: ifP => odd_g; last first.
  move=> x /realE xg; have: 0 <= x ^+ g by rewrite exprn_even_ge0 // odd_g.
  by rewrite xg oppr_ge0 leNgt c_gt0.
have oddN (x : R) : (- x) ^+ g = - x ^+ g by rewrite exprNn -signr_odd odd_g mulN1r.
pose f : {poly R} := 'X^g - c%:P.
have fE x : f.[x] = x ^+ g - c by rewrite !hornerE hornerXn.
have [||y /andP[y_ge0 _] /eqP fy] := @poly_ivt R f 0 (1 + c).
- by rewrite addr_ge0 ?ler01 ?ltW.
- rewrite !fE expr0n gtn_eqF // sub0r oppr_le0 ltW //= subr_ge0.
  rewrite -(prednK g_gt0) exprS (le_trans (_ : c <= 1 + c)) ?ler_addr ?ler01 //.
  by rewrite ler_pmulr ?exprn_ege1 ?ler_addl ?addr_gt0 ?ltr01 ?ltW.
have yg : y ^+ g = c by apply/eqP; rewrite -subr_eq0 -fE fy.
exists (- y); split=> [|x /realE xg]; first by apply/realE; rewrite oddN yg.
apply/eqP; rewrite eqr_oppLR -(eqr_expn2 g_gt0) ?oddN ?xg ?opprK ?yg //.
rewrite oppr_ge0 leNgt; apply: contraTN c_gt0 => /(exprn_gt0 g).
by rewrite xg oppr_gt0 -leNgt => /ltW.
Qed.

End CriticalShare.

(** *** (ii) and (iv) in one line *)
Theorem multiple_root_criterion :
  (exists z, multiple A z) <-> ~~ odd a /\ critical l1 l2 p.
Proof.
split=> [[z] | [even_a critical_p]]; first exact: multiple_root_needs.
have [c _ mE] := double_roots even_a critical_p.
by exists (g.-root (- c)%:C%C); apply/mE; rewrite rootCK.
Qed.

End TwoLengths.

(** ** (ii): for how many shares *)
Section Shares.
Variables (R : rcfType) (s1 s2 : R) (l1 l2 : nat).
Hypotheses (s_ge0 : (0 <= s1) && (0 <= s2)) (l_gt0 : (0 < l1)%N && (0 < l2)%N).
Hypothesis l1_lt : (l1 < l2)%N.

Definition has_multiple_root (p : R) := exists (p_in : 0 < p < 1) (z : R[i]),
  multiple (survival_poly (two_classes s_ge0 l_gt0 p_in))^:C z.

Section Mix.
Variables (p : R) (p_in : 0 < p < 1).
Let M := two_classes s_ge0 l_gt0 p_in.

Lemma two_classes_lengths : {in classes M, forall c, decode c = l1 \/ decode c = l2}.
Proof. by move=> c; rewrite !inE => /orP[] /eqP ->; [left | right]. Qed.

Lemma first_class : exists2 c, c \in classes M & decode c = l1.
Proof. by exists (s1, l1, p); rewrite // mem_head. Qed.

Lemma second_class : exists2 c, c \in classes M & decode c = l2.
Proof. by exists (s2, l2, 1 - p); rewrite // !inE eqxx orbT. Qed.

Lemma first_class_share : first_share M l1 = p.
Proof.
rewrite /first_share /mean !big_cons big_nil /decode /share /= eqxx gtn_eqF //.
by rewrite mulr1 mulr0 !addr0.
Qed.

End Mix.

Lemma has_multiple_rootE p : has_multiple_root p <->
  [/\ 0 < p < 1, ~~ odd (l1 %/ gcdn l1 l2) & critical l1 l2 p].
Proof.
have criterion p_in := multiple_root_criterion l1_lt (@two_classes_lengths p p_in)
  (first_class p_in) (second_class p_in).
split=> [[p_in /criterion[even_a]] | [p_in even_a critical_p]].
  by rewrite first_class_share.
by exists p_in; apply/criterion; rewrite first_class_share.
Qed.

(** (iii) and (iv) for two classes. *)
Lemma two_classes_double_roots p (p_in : 0 < p < 1) :
  ~~ odd (l1 %/ gcdn l1 l2) -> critical l1 l2 p ->
  let A := (survival_poly (two_classes s_ge0 l_gt0 p_in))^:C in
  [/\ exists2 c : R, 0 < c /\ l2%:R * c ^+ (l1 %/ gcdn l1 l2) = p * (l2 - l1)%:R
        & forall z, multiple A z <-> z ^+ gcdn l1 l2 = (- c)%:C%C,
      size (undup (filter (multiple A) (zeros A))) = gcdn l1 l2
    & if odd (gcdn l1 l2) then exists! x : R, multiple A x%:C%C
      else forall x : R, ~ multiple A x%:C%C].
Proof.
move=> even_a; rewrite -{1}(first_class_share p_in) => critical_p /=.
have lengths := @two_classes_lengths p p_in.
have [first second] := (first_class p_in, second_class p_in).
split; [rewrite -[X in X * _](first_class_share p_in) | | ].
- exact: double_roots lengths first second even_a critical_p.
- exact: double_roots_number lengths first second even_a critical_p.
- exact: double_roots_real lengths first second even_a critical_p.
Qed.

Theorem multiple_root_shares :
  if odd (l1 %/ gcdn l1 l2) then forall p, ~ has_multiple_root p
  else exists! p, has_multiple_root p.
Proof.
case: ifP => odd_a; first by move=> p /has_multiple_rootE[_]; rewrite odd_a.
have l1_gt0 : (0 < l1)%N by case/andP: l_gt0.
have [p p_in critical_p] := critical_share_exists R l1_gt0 l1_lt.
exists p; split=> [|q /has_multiple_rootE[q_in _ critical_q]].
  by apply/has_multiple_rootE; rewrite odd_a.
exact: critical_share_unique critical_p critical_q.
Qed.

End Shares.

(** ** Instances: the critical share is 3/4 for the lengths 2 and 3, and for 4 and 6 *)
Section Instances.
Variable R : rcfType.

Fact three_quarters : 0 < (3%:R / 4%:R : R) < 1.
Proof. by rewrite divr_gt0 ?ltr0n //= ltr_pdivr_mulr ?ltr0n // mul1r ltr_nat. Qed.

Lemma critical_two_three : critical 2 3 (3%:R / 4%:R : R).
Proof. by rewrite /critical -[(3 - 2)%N]/1%N; apply/eqP; field. Qed.

Lemma critical_four_six : critical 4 6 (3%:R / 4%:R : R).
Proof. by rewrite /critical -[(6 - 4)%N]/2%N; apply/eqP; field. Qed.

Example two_three_critical (p : R) : 0 < p < 1 -> critical 2 3 p -> p = 3%:R / 4%:R.
Proof.
move=> p_in critical_p.
exact: critical_share_unique p_in three_quarters critical_p critical_two_three.
Qed.

(** Lengths 2 and 3: [A = (X + 1/2)^2]. *)
Let two_three : mix R := two_classes (nat_inputs R 0 0)
  (isT : (0 < 2)%N && (0 < 3)%N) three_quarters.

Let half_square (c : R) : 0 < c -> c ^+ 2 = 4%:R^-1 -> c = 2%:R^-1.
Proof.
move=> c_gt0 c2; apply/eqP; rewrite -(@eqr_expn2 _ 2) ?invr_ge0 ?ler0n ?ltW // c2.
by apply/eqP; field.
Qed.

Example two_three_double_root z :
  multiple (survival_poly two_three)^:C z <-> z = (- 2%:R^-1)%:C%C.
Proof.
have [[c [c_gt0 cE] mE] _ _] := two_classes_double_roots (nat_inputs R 0 0)
  (isT : (0 < 2)%N && (0 < 3)%N) (isT : (2 < 3)%N) three_quarters isT critical_two_three.
rewrite mE expr1 (half_square c_gt0) //.
by apply: (mulfI (_ : 3%:R != 0 :> R)); rewrite ?pnatr_eq0 // cE -[(3 - 2)%N]/1%N; field.
Qed.

Example two_three_number :
  size (undup (filter (multiple (survival_poly two_three)^:C)
    (zeros (survival_poly two_three)^:C))) = 1%N.
Proof.
by have [] := two_classes_double_roots (nat_inputs R 0 0)
  (isT : (0 < 2)%N && (0 < 3)%N) (isT : (2 < 3)%N) three_quarters isT critical_two_three.
Qed.

(** Lengths 4 and 6: [A = (X + 1) (X^2 + 1/2)^2]. Its two double roots are not real. *)
Let four_six : mix R := two_classes (nat_inputs R 0 0)
  (isT : (0 < 4)%N && (0 < 6)%N) three_quarters.

Example four_six_double_roots :
  [/\ forall z, multiple (survival_poly four_six)^:C z <-> z ^+ 2 = (- 2%:R^-1)%:C%C,
      size (undup (filter (multiple (survival_poly four_six)^:C)
        (zeros (survival_poly four_six)^:C))) = 2%N
    & forall x : R, ~ multiple (survival_poly four_six)^:C x%:C%C].
Proof.
have [[c [c_gt0 cE] mE] number not_real] := two_classes_double_roots (nat_inputs R 0 0)
  (isT : (0 < 4)%N && (0 < 6)%N) (isT : (4 < 6)%N) three_quarters isT critical_four_six.
split=> // z; rewrite mE (half_square c_gt0) //.
by apply: (mulfI (_ : 6%:R != 0 :> R)); rewrite ?pnatr_eq0 // cE -[(6 - 4)%N]/2%N; field.
Qed.

(** For the lengths 2 and 3 one share has a multiple root, for 3 and 4 none. *)
Example one_share : exists! p : R, has_multiple_root (nat_inputs R 0 0)
  (isT : (0 < 2)%N && (0 < 3)%N) p.
Proof. exact: (multiple_root_shares (nat_inputs R 0 0) _ (isT : (2 < 3)%N)). Qed.

Example no_share (p : R) : ~ has_multiple_root (nat_inputs R 0 0)
  (isT : (0 < 3)%N && (0 < 4)%N) p.
Proof. exact: (multiple_root_shares (nat_inputs R 0 0) _ (isT : (3 < 4)%N)). Qed.

End Instances.
