(** * On the way from a stable polynomial to one that is not, a root is on the circle

    A line of real polynomials, [p + v q] of degree [n] with a positive leading coefficient. The test
    of Schur and Cohn on it is a list of polynomials in [v], all positive where all roots are inside:
    so there is a first [v] at which one is not. There no root is outside, as no root is for smaller
    [v]; one is on the circle. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify.
From mathcomp.real_closed Require Import complex polyrcf.
From stabkit Require Import Mix SchurCohn.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Where polynomials cease to be positive *)
Section Ceases.
Variables (R : rcfType) (s t : R).
Hypothesis s_lt : s < t.
Implicit Types (u v : R) (P Q : pred R) (d : {poly R}) (D : seq {poly R}).

(** [P] holds before [u] and not at [u]. *)
Definition first_failure P u := ~~ P u /\ forall v, s <= v < u -> P v.

Definition holds_or_ceases P :=
  (forall v, s <= v <= t -> P v) \/ exists2 u, s < u <= t & first_failure P u.

Lemma holds_or_ceases_and P Q :
  holds_or_ceases P -> holds_or_ceases Q -> holds_or_ceases (predI P Q).
Proof.
have sub u v : s < u <= t -> s <= v < u -> s <= v <= t.
  by move=> /andP[_ u_le] /andP[-> v_lt]; rewrite (le_trans (ltW v_lt)).
move=> [P_all | [u u_in [Pu P_lt]]] [Q_all | [w w_in [Qw Q_lt]]].
- by left=> v v_in; rewrite /= P_all ?Q_all.
- by right; exists w; rewrite // /first_failure /= (negPf Qw) andbF; split=> // v v_in;
    rewrite P_all ?Q_lt // (sub w).
- by right; exists u; rewrite // /first_failure /= (negPf Pu); split=> // v v_in;
    rewrite P_lt ?Q_all // (sub u).
right; have [le_uw | lt_wu] := leP u w.
  exists u; rewrite // /first_failure /= (negPf Pu); split=> // v v_in.
  by case/andP: (v_in) => s_le v_lt; rewrite P_lt ?Q_lt // s_le (lt_le_trans v_lt).
exists w; rewrite // /first_failure /= (negPf Qw) andbF; split=> // v v_in.
by case/andP: (v_in) => s_le v_lt; rewrite Q_lt ?P_lt // s_le (lt_trans v_lt).
Qed.

Lemma poly_holds_or_ceases d : 0 < d.[s] -> holds_or_ceases (fun v => 0 < d.[v]).
Proof.
move=> ds; have d0 : d != 0 by apply: contraTneq ds => ->; rewrite horner0 ltxx.
have positive v : s <= v -> {in `]s, v], forall x, ~~ root d x} -> 0 < d.[v].
  move=> s_le no_root; rewrite -sgr_gt0.
  rewrite (@polyrN0_itv _ `[s, v] d _ s) ?sgr_gt0 ?in_itv /= ?lexx ?s_le //.
  move=> x; rewrite in_itv /= le_eqVlt => /andP[/predU1P[<- | x_gt] x_le].
    by rewrite rootE gt_eqF.
  by apply: no_root; rewrite in_itv /= x_gt.
have before u : u <= t -> {in `]s, u[, forall x, ~~ root d x} ->
    forall v, s <= v < u -> 0 < d.[v].
  move=> u_le no_root v /andP[s_le v_lt]; apply: positive => // x.
  by rewrite in_itv /= => /andP[x_gt x_le]; rewrite no_root // in_itv /= x_gt (le_lt_trans x_le).
case: (next_rootP d s t) => [/eqP | u _ du /itvP u_in none | _ _ _ none].
- by rewrite (negPf d0).
- right; exists u; rewrite ?u_in //; split; first by rewrite du ltxx.
  by apply: before; rewrite ?u_in.
have [dt | dt] := boolP (0 < d.[t]); last first.
  by right; exists t; rewrite ?s_lt ?lexx //; split=> //; apply: before.
left=> v /andP[s_le]; rewrite le_eqVlt => /predU1P[-> // | v_lt].
by apply: before none _ _ => //; rewrite s_le.
Qed.

Lemma all_holds_or_ceases D : all (fun d => 0 < d.[s]) D ->
  holds_or_ceases (fun v => all (fun d => 0 < d.[v]) D).
Proof.
elim: D => [_ | d D IH /andP[ds Ds]]; first by left.
exact: holds_or_ceases_and (poly_holds_or_ceases ds) (IH Ds).
Qed.

End Ceases.

(** ** The test of Schur and Cohn along a line of polynomials *)
Section Line.
Variable R : rcfType.
Implicit Types (v : R) (f : seq {poly R}).

(** The polynomial with these coefficients at [v]. *)
Definition at_value f v : {poly R[i]} := Poly [seq (c.[v])%:C%C | c <- f].

Let eval v := [rmorphism of real_complex R \o horner_eval v].

Let at_valueE f v : at_value f v = Poly (map (eval v) f).
Proof. by []. Qed.

Lemma schur_cohn_line f : exists D : seq {poly R}, forall v, (last 0 f).[v] != 0 ->
  roots_inside (at_value f v) <-> all (fun d => 0 < d.[v]) D.
Proof.
have [n] := ubnP (size f); elim: n f => // n IH f; rewrite ltnS => f_size.
have last_eval v : last 0 (map (eval v) f) = ((last 0 f).[v])%:C%C.
  by rewrite -(rmorph0 (eval v)) last_map.
have head_eval v : head 0 (map (eval v) f) = ((head 0 f).[v])%:C%C.
  by case: (f) => [|c r] /=; rewrite ?horner0.
have [f1 | f1] := leqP (size f) 1.
  exists [::] => v v0; split=> // _ z; case: f f1 v0 {f_size last_eval head_eval} => [|c [|]] //= _.
    by rewrite horner0 eqxx.
  rewrite /at_value /= cons_poly_def mul0r add0r rootC => c0.
  by rewrite fmorph_eq0 (negPf c0).
have [|D DE] := IH (schur_step f); first by rewrite size_schur_step prednK // ltnW.
exists (last 0 f ^+ 2 - head 0 f ^+ 2 :: D) => v v0.
have v_real : real_seq (map (eval v) f).
  rewrite /real_seq -map_comp; apply: eq_map => c; apply: conj_Creal.
  by apply/complex_realP; exists c.[v].
rewrite at_valueE schur_cohn ?size_map ?last_eval ?fmorph_eq0 //.
rewrite -map_schur_step -at_valueE head_eval /=.
have -> : (`|(head 0 f).[v]%:C%C| < `|(last 0 f).[v]%:C%C|) =
    (0 < (last 0 f ^+ 2 - head 0 f ^+ 2).[v]).
  rewrite !normc_def /= !expr0n !addr0 !sqrtr_sqr ltcR !(hornerD, hornerN, horner_exp) subr_gt0.
  move: (last 0 f).[v] (head 0 f).[v] => x y.
  by rewrite -(real_normK (num_real x)) -(real_normK (num_real y)) ltr_pexpn2r.
have [d_gt0 | _] /= := boolP (0 < _); last by split=> [[]|].
have -> := DE v _; first by split=> [[]|].
rewrite last_schur_step //.
by move: d_gt0; apply: contraTneq => /= ->; rewrite ltxx.
Qed.

End Line.

(** ** The first polynomial that is not stable *)
Section Crossing.
Variables (R : rcfType) (n : nat) (p q : {poly R}) (m s t : R).
Hypotheses (p_size : (size p <= n.+1)%N) (q_size : (size q <= n.+1)%N) (m_gt0 : 0 < m).
Hypothesis lead_ge : forall v, s <= v <= t -> m <= p`_n + v * q`_n.

Let P v : {poly R[i]} := (p + v *: q)^:C.

Let P_size v : s <= v <= t -> size (P v) = n.+1 /\ m%:C%C <= `|lead_coef (P v)|.
Proof.
move=> /lead_ge v_ge; have lead : (p + v *: q)`_n = p`_n + v * q`_n by rewrite coefD coefZ.
have size_v : size (p + v *: q) = n.+1.
  apply/eqP; rewrite eqn_leq (leq_trans (size_add _ _)) ?geq_max ?p_size.
    rewrite ltnNge; apply: contraTN v_ge => /leq_sizeP/(_ n (leqnn n)).
    by rewrite lead => ->; rewrite -ltNge.
  by rewrite (leq_trans (size_scale_leq _ _)).
rewrite size_map_poly lead_coef_map lead_coefE size_v /= lead; split=> //.
by rewrite ger0_norm ?lecR // (le_trans (ltW m_gt0)).
Qed.

(** Away from the disc a polynomial with all roots inside is not small. *)
Let not_small (f : {poly R[i]}) z : roots_inside f -> 1 <= `|z| ->
  `|lead_coef f| * (`|z| - 1) ^+ (size f).-1 <= `|f.[z]|.
Proof.
move=> inside z_ge; have [r Df r_lt] := inside_factors inside.
have c0 : lead_coef f != 0 by rewrite lead_coef_eq0 inside_neq0.
have -> : (size f).-1 = size r by rewrite Df size_scale // size_prod_XsubC.
rewrite {2}Df hornerZ normrM ler_wpmul2l ?normr_ge0 // horner_prod {Df}.
elim: r r_lt => [|a r IH] r_lt; first by rewrite big_nil normr1.
rewrite big_cons normrM exprS hornerXsubC ler_pmul ?exprn_ge0 ?subr_ge0 //; last first.
  by apply: IH => b rb; apply: r_lt; rewrite inE rb orbT.
apply: le_trans (ler_sub_dist _ _); rewrite ler_add2l ler_opp2.
by apply/ltW/r_lt; rewrite mem_head.
Qed.

(** If all roots are inside for smaller [v], none is outside. *)
Let not_outside u z : s < u <= t -> (forall v, s <= v < u -> roots_inside (P v)) ->
  root (P u) z -> `|z| <= 1.
Proof.
move=> /andP[s_lt u_le] inside Puz; rewrite real_leNgt ?normr_real ?real1 //; apply/negP => z_gt.
have [k kE] : exists k : R, `|q^:C.[z]| = k%:C%C by apply/complex_realP/normr_real.
have [e eE] : exists e : R, (`|z| - 1) ^+ n = e%:C%C.
  by apply/complex_realP; rewrite rpredX // rpredB ?normr_real ?real1.
have e_gt0 : 0 < e by rewrite -ltcR -eE exprn_gt0 // subr_gt0.
have c_gt0 : 0 < m * e by rewrite mulr_gt0.
have small v : s <= v < u -> m * e <= (u - v) * k.
  move=> v_in; have [s_le v_lt] := andP v_in.
  have [v_size v_lead] := P_size (introT andP (conj s_le (le_trans (ltW v_lt) u_le))).
  rewrite -lecR !rmorphM /= -eE -kE.
  apply: le_trans (ler_wpmul2r _ v_lead) _; first by rewrite exprn_ge0 // subr_ge0 ltW.
  have := not_small (inside v v_in) (ltW z_gt); rewrite v_size => /le_trans; apply.
  have -> : (P v).[z] = (P u).[z] - (u - v)%:C%C * q^:C.[z].
    rewrite /P !rmorphD /= !map_polyZ !hornerD !hornerZ.
    rewrite [(- v)%:C%C](rmorphN [rmorphism of real_complex R]) mulrBl.
    by rewrite opprB -addrA [X in _ = _ + X]addrC subrK.
  rewrite (rootP Puz) sub0r normrN normrM ler_wpmul2r ?normr_ge0 //.
  by rewrite ger0_norm // lecR subr_ge0 ltW.
have k_gt0 : 0 < k.
  have := lt_le_trans c_gt0 (small s _); rewrite pmulr_rgt0 ?subr_gt0 //; apply.
  by rewrite lexx.
have : s <= u - m * e / (2%:R * k) < u.
  rewrite ltr_subl_addr ltr_addl divr_gt0 ?mulr_gt0 ?ltr0n // andbT.
  rewrite ler_subr_addl -ler_subr_addr ler_pdivr_mulr ?mulr_gt0 ?ltr0n //.
  apply: le_trans (small s _) _; first by rewrite lexx.
  by rewrite mulrCA ler_pmull ?ler1n // mulr_gt0 // subr_gt0.
move/small; rewrite subKr leNgt => /negP; apply.
rewrite invfM mulrA divfK ?gt_eqF //.
by rewrite gtr_pmulr // invf_lt1 ?ltr0n // ltr1n.
Qed.

Theorem root_on_circle_between : s < t -> roots_inside (P s) -> ~ roots_inside (P t) ->
  exists2 u, s < u <= t & exists2 z, `|z| = 1 & root (P u) z.
Proof.
move=> s_lt Ps Pt; pose f := mkseq (fun i => (p`_i)%:P + q`_i *: 'X) n.+1.
have fE v : at_value f v = P v.
  apply/polyP => i; rewrite /at_value coef_Poly coef_map coefD coefZ.
  have [i_lt | i_ge] := ltnP i n.+1.
    rewrite (nth_map 0) ?size_mkseq // nth_mkseq // hornerD hornerC hornerZ hornerX mulrC.
    by [].
  rewrite nth_default ?size_map ?size_iota // [p`_i]nth_default ?(leq_trans p_size) //.
  by rewrite nth_default ?(leq_trans q_size) // mulr0 addr0.
have [D DE] := schur_cohn_line f.
have inside v : s <= v <= t -> roots_inside (P v) <-> all (fun d => 0 < d.[v]) D.
  move=> v_in; rewrite -fE; apply: DE; rewrite -nth_last size_mkseq nth_mkseq //=.
  rewrite hornerD hornerC hornerZ hornerX mulrC gt_eqF //.
  exact: lt_le_trans m_gt0 (lead_ge v_in).
have s_in : s <= s <= t by rewrite lexx ltW.
have t_in : s <= t <= t by rewrite lexx ltW.
have [D_pos | [u u_in [Du D_pos]]] := all_holds_or_ceases s_lt ((inside s s_in).1 Ps).
  by case: Pt; apply/inside => //; apply: D_pos.
have [u_gt u_le] := andP u_in; have u_in' : s <= u <= t by rewrite ltW.
exists u => //; have [u_size _] := P_size u_in'.
have P0 : P u != 0 by rewrite -size_poly_gt0 u_size.
have /allPn[z] : ~~ all (fun z => `|z| < 1) (zeros (P u)).
  apply: contra Du => /allP Pu; apply/inside => // z; rewrite -mem_zeros //; exact: Pu.
rewrite mem_zeros // => Puz z_ge; exists z => //; apply/le_anti/andP; split.
  apply: not_outside Puz => // v v_in; apply/inside; last exact: D_pos.
  by case/andP: v_in => -> v_lt; rewrite (le_trans (ltW v_lt)).
by rewrite real_leNgt ?normr_real ?real1.
Qed.

End Crossing.

(** Instance: from X, all roots inside, to X + 1, which has its root on the circle. *)
Example root_on_circle_instance (R : rcfType) : exists2 u : R, 0 < u <= 1 &
  exists2 z : R[i], `|z| = 1 & root ('X + u *: 1)^:C z.
Proof.
have lead v : (0 <= v <= 1) -> 1 <= ('X : {poly R})`_1 + v * (1 : {poly R})`_1.
  by rewrite coefX coef1 mulr0 addr0.
apply: (root_on_circle_between (n := 1) _ _ ltr01 lead); rewrite ?size_polyX ?size_poly1 ?ltr01 //.
  by rewrite scale0r addr0 map_polyX => z; rewrite rootX => /eqP ->; rewrite normr0 ltr01.
rewrite scale1r rmorphD rmorph1 /= map_polyX => /(_ (- 1)).
by rewrite rootE !hornerE addNr eqxx normrN normr1 ltxx => /(_ isT).
Qed.
