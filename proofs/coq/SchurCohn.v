(** * A verified checker: are all roots of an integer polynomial inside the unit circle?

    The test of Schur and Cohn on coefficients, lowest degree first. From p = [a_0; ...; a_n] one
    step makes

      T p (z) = (a_n p(z) - a_0 p*(z)) / z,     p*(z) = z^n p(1/z),

    of degree n - 1. If |a_0| < |a_n|, all roots of p are inside iff all roots of T p are; else not
    all are. The proof needs no analysis: a product of factors z - a with |a| < 1 is, outside of the
    disc, in modulus no less than the product of the 1 - a z. The function [all_inside] computes on
    binary integers; in every step a common divisor is tried and divided out, to keep them short. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify ssrZ.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** The reverse and the step, over any ring *)

Section Step.

Variable R : ringType.
Implicit Types s : seq R.

Definition schur_step s :=
  behead [seq last 0 s * c.1 - head 0 s * c.2 | c <- zip s (rev s)].

Lemma size_schur_step s : size (schur_step s) = (size s).-1.
Proof. by rewrite size_behead size_map size_zip size_rev minnn. Qed.

Lemma last_schur_step s : (1 < size s)%N ->
  last 0 (schur_step s) = last 0 s ^+ 2 - head 0 s ^+ 2.
Proof.
move=> s_size; rewrite -!nth_last -nth0 size_schur_step nth_behead.
have -> : (size s).-2.+1 = (size s).-1 by rewrite prednK // -ltnS prednK // ltnW.
have s_lt : ((size s).-1 < size s)%N by rewrite prednK // ltnW.
rewrite (nth_map (0, 0)) ?size_zip ?size_rev ?minnn // nth_zip ?size_rev //=.
by rewrite nth_rev // prednK ?subnn -?nth_last ?expr2 // ltnW.
Qed.

End Step.

Lemma map_schur_step (R S : ringType) (f : {rmorphism R -> S}) (s : seq R) :
  map f (schur_step s) = schur_step (map f s).
Proof.
rewrite /schur_step -!behead_map -map_rev; congr behead.
have -> : zip (map f s) (map f (rev s)) = [seq (f c.1, f c.2) | c <- zip s (rev s)].
  by elim: s (rev s) => [|a s IH] [|b t] //=; rewrite IH.
rewrite -!map_comp; apply: eq_map => c /=.
by case: s => [|a s] /=; rewrite rmorphB !rmorphM ?rmorph0 // last_map.
Qed.

(** ** Polynomials whose roots are all inside *)

Section Inside.

Variable C : numClosedFieldType.
Implicit Types (p : {poly C}) (s : seq C) (a z : C).

Definition roots_inside p := forall z, root p z -> `|z| < 1.

Lemma factor_le a z : `|a| <= 1 -> 1 <= `|z| -> `|1 - a^* * z| <= `|z - a|.
Proof.
move=> a_le z_ge; rewrite -(@ler_pexpn2r _ 2) ?nnegrE ?normr_ge0 //.
have a2 : 0 <= 1 - `|a| ^+ 2 by rewrite subr_ge0 exprn_ile1.
have z2 : 0 <= `|z| ^+ 2 - 1 by rewrite subr_ge0 exprn_ege1.
rewrite !normCK in a2 z2 *; rewrite -subr_ge0 !(rmorphB, rmorphM) /= rmorph1 conjCK.
suff -> : (z - a) * (z^* - a^*) - (1 - a^* * z) * (1 - a * z^*) =
          (z * z^* - 1) * (1 - a * a^*) by apply: mulr_ge0.
by ring.
Qed.

Lemma inside_neq0 p : roots_inside p -> p != 0.
Proof.
move=> inside; apply/negP => /eqP p0; have := inside 1.
by rewrite p0 root0 normr1 ltxx => /(_ isT).
Qed.

(** All about a polynomial whose roots are inside, from its factors. *)
Lemma inside_factors p : roots_inside p ->
  {r : seq C | p = lead_coef p *: \prod_(a <- r) ('X - a%:P) & {in r, forall a, `|a| < 1}}.
Proof.
move=> inside; have [r Dp] := closed_field_poly_normal p; exists r => // a ra.
have c0 := inside_neq0 inside; rewrite -lead_coef_eq0 in c0.
by apply: inside; rewrite Dp rootZ // root_prod_XsubC.
Qed.

Lemma inside_nonzero p z : roots_inside p -> 1 <= `|z| -> p.[z] != 0.
Proof.
move=> inside z_ge; apply/negP => /inside z_lt.
by have := lt_le_trans z_lt z_ge; rewrite ltxx.
Qed.

Definition real_poly p := map_poly (@conjC C) p = p.

Lemma reverse_le p z : real_poly p -> roots_inside p -> 1 <= `|z| ->
  `|z ^+ (size p).-1 * p.[z^-1]| <= `|p.[z]|.
Proof.
move=> p_real inside z_ge; have [r Dp r_lt] := inside_factors inside.
have c0 : lead_coef p != 0 by rewrite lead_coef_eq0 inside_neq0.
have -> : (size p).-1 = size r by rewrite Dp size_scale // size_prod_XsubC.
have z0 : z != 0 by rewrite -normr_gt0 (lt_le_trans ltr01).
rewrite normrM -[`|p.[z^-1]|]norm_conjC -horner_map p_real fmorphV normrX.
rewrite -[`|z|]norm_conjC Dp !hornerZ !horner_prod !normrM mulrCA.
rewrite ler_wpmul2l ?normr_ge0 // => {Dp}.
elim: r r_lt => [|a r IH] r_lt; first by rewrite !big_nil expr0 mul1r.
rewrite !big_cons !normrM exprS mulrACA ler_pmul ?mulr_ge0 ?normr_ge0 ?exprn_ge0 //; last first.
  by apply: IH => b rb; apply: r_lt; rewrite inE rb orbT.
rewrite !hornerXsubC -normrM mulrBr divff ?conjC_eq0 // -norm_conjC.
rewrite rmorphB rmorphM rmorph1 conjCK mulrC.
by apply: factor_le => //; apply/ltW/r_lt; rewrite mem_head.
Qed.

Lemma constant_lt p : roots_inside p -> (1 < size p)%N -> `|p.[0]| < `|lead_coef p|.
Proof.
move=> inside p_size; have [r Dp r_lt] := inside_factors inside.
have c0 : lead_coef p != 0 by rewrite lead_coef_eq0 inside_neq0.
have : (0 < size r)%N by move: p_size; rewrite {1}Dp size_scale // size_prod_XsubC.
rewrite {1}Dp hornerZ normrM gtr_pmulr ?normr_gt0 // horner_prod {Dp}.
case: r r_lt => // a r r_lt _; rewrite big_cons normrM hornerXsubC sub0r normrN.
apply: (@le_lt_trans _ _ `|a|); last by apply: r_lt; rewrite mem_head.
rewrite ler_pimulr ?normr_ge0 //.
have: {in r, forall b, `|b| < 1} by move=> b rb; apply: r_lt; rewrite inE rb orbT.
elim: r {r_lt} => [|b r IH] r_lt; first by rewrite big_nil normr1.
rewrite big_cons normrM mulr_ile1 ?normr_ge0 //; last first.
  by apply: IH => e re; apply: r_lt; rewrite inE re orbT.
by rewrite hornerXsubC sub0r normrN ltW // r_lt ?mem_head.
Qed.

(** *** The step *)

Lemma horner_sum s z : (Poly s).[z] = \sum_(i < size s) s`_i * z ^+ i.
Proof.
by rewrite (horner_coef_wide z (size_Poly s)); apply: eq_bigr => i _; rewrite coef_Poly.
Qed.

Lemma horner_rev s z : z != 0 -> (Poly (rev s)).[z] = z ^+ (size s).-1 * (Poly s).[z^-1].
Proof.
move=> z0; rewrite !horner_sum size_rev (reindex_inj rev_ord_inj) mulr_sumr /=.
apply: eq_bigr => i _; have i_lt := ltn_ord i; rewrite nth_rev; last by lia.
have [-> ->] : (size s - (size s - i.+1).+1 = i /\ size s - i.+1 = (size s).-1 - i)%N by lia.
by rewrite exprB ?unitfE //; last lia; rewrite exprVn mulrCA.
Qed.

Lemma horner_schur_step s z :
  z * (Poly (schur_step s)).[z] = last 0 s * (Poly s).[z] - head 0 s * (Poly (rev s)).[z].
Proof.
case: s => [|a s]; first by rewrite /= !horner0 !mulr0 subrr.
rewrite /schur_step; set t := [seq _ | _ <- _].
have t_size : size t = size (a :: s) by rewrite size_map size_zip size_rev minnn.
have t_nth i : (i < size (a :: s))%N ->
    t`_i = last 0 (a :: s) * (a :: s)`_i - a * (rev (a :: s))`_i.
  move=> i_lt; rewrite (nth_map (0, 0)) ?size_zip ?size_rev ?minnn //.
  by rewrite nth_zip ?size_rev.
have t_head : head 0 t = 0.
  by rewrite -nth0 t_nth //= nth_rev //= subn1 /= nth_last /= mulrC subrr.
have -> : z * (Poly (behead t)).[z] = (Poly t).[z].
  by case: (t) t_head => [|b u] /= => [|->]; rewrite ?horner0 ?mulr0 // horner_cons addr0 mulrC.
rewrite !horner_sum t_size size_rev !mulr_sumr -sumrB; apply: eq_bigr => i _.
by rewrite t_nth // mulrBl !mulrA.
Qed.

(** Real coefficients: they are their own conjugates. *)
Definition real_seq s := [seq a^* | a <- s] = s.

Lemma real_seq_poly s : real_seq s -> real_poly (Poly s).
Proof. by move=> s_real; rewrite /real_poly map_Poly [map _ s]s_real. Qed.

Lemma real_schur_step s : real_seq s -> real_seq (schur_step s).
Proof. by move=> s_real; rewrite /real_seq map_schur_step [map _ s]s_real. Qed.

Lemma poly_seq s : last 0 s != 0 -> (size (Poly s) = size s) * (lead_coef (Poly s) = last 0 s).
Proof. by move=> s0; rewrite lead_coefE -nth_last (PolyK s0). Qed.

(** Nothing is small where the smaller of two numbers is multiplied by the smaller. *)
Lemma mul_lt_neq (a b x y : C) : `|b| < `|a| -> `|y| <= `|x| -> x != 0 -> a * x != b * y.
Proof.
move=> ba yx x0; apply/eqP => /(congr1 Num.norm) /eqP; rewrite !normrM gt_eqF //.
by rewrite (le_lt_trans (ler_wpmul2l (normr_ge0 b) yx)) // ltr_pmul2r ?normr_gt0.
Qed.

Section Step.

Variable s : seq C.
Hypotheses (s_real : real_seq s) (s_size : (1 < size s)%N).
Let a := last 0 s.
Let b := head 0 s.
Hypothesis ba : `|b| < `|a|.

Let a0 : a != 0. Proof. by rewrite -normr_gt0 (le_lt_trans (normr_ge0 b)). Qed.

Let step0 : last 0 (schur_step s) != 0.
Proof.
rewrite last_schur_step // subr_eq0 eqf_sqr; apply/negP => /orP[] /eqP ab.
  by move: ba; rewrite /a ab ltxx.
by move: ba; rewrite /a ab normrN ltxx.
Qed.

Lemma schur_step_inside : roots_inside (Poly s) -> roots_inside (Poly (schur_step s)).
Proof.
move=> inside z /rootP Qz; rewrite real_ltNge ?realE ?normr_ge0 ?ler01 //.
apply/negP => z_ge; have z0 : z != 0 by rewrite -normr_gt0 (lt_le_trans ltr01).
have := horner_schur_step s z; rewrite Qz mulr0 horner_rev // => /esym/eqP.
rewrite subr_eq0; apply/negP/mul_lt_neq => //; last exact: inside_nonzero.
by have := reverse_le (real_seq_poly s_real) inside z_ge; rewrite poly_seq.
Qed.

Lemma inside_schur_step : roots_inside (Poly (schur_step s)) -> roots_inside (Poly s).
Proof.
move=> inside z /rootP Pz; rewrite real_ltNge ?realE ?normr_ge0 ?ler01 //.
apply/negP => z_ge; have z0 : z != 0 by rewrite -normr_gt0 (lt_le_trans ltr01).
have Qz := horner_schur_step s z; have Qw := horner_schur_step s z^-1.
rewrite Pz horner_rev // mulr0 sub0r in Qz.
rewrite horner_rev ?invr_neq0 // invrK Pz !mulr0 subr0 in Qw.
have := reverse_le (real_seq_poly (real_schur_step s_real)) inside z_ge.
rewrite poly_seq // size_schur_step => Q_le.
set Q := Poly (schur_step s) in Qz Qw inside Q_le.
have : a * (z * Q.[z]) != - b * (z ^+ (size s).-2 * Q.[z^-1]).
  apply: mul_lt_neq; rewrite ?normrN // ?mulf_neq0 ?inside_nonzero //.
  by rewrite (le_trans Q_le) // normrM ler_pemull ?normr_ge0.
rewrite Qz; case/negP; apply/eqP.
rewrite -[Q.[z^-1]](mulKf (invr_neq0 z0)) invrK Qw /a /b.
have <- : z ^+ (size s).-2 * z = z ^+ (size s).-1 by rewrite -exprSr prednK // -ltnS prednK // ltnW.
by ring.
Qed.

End Step.

Lemma schur_cohn s : real_seq s -> (1 < size s)%N -> last 0 s != 0 ->
  roots_inside (Poly s) <->
  `|head 0 s| < `|last 0 s| /\ roots_inside (Poly (schur_step s)).
Proof.
move=> s_real s_size s0; split=> [inside | [ba]]; last exact: inside_schur_step.
suff ba : `|head 0 s| < `|last 0 s| by split=> //; apply: schur_step_inside.
have := constant_lt inside; rewrite !poly_seq // horner_coef0 coef_Poly nth0.
exact.
Qed.

End Inside.

(** ** The checker *)

(** The coefficients over d, where all are multiples of it. *)
Definition divided (d : Z) (s : seq Z) : seq Z :=
  let divisions := [seq Z.div_eucl a d | a <- s] in
  if all (fun c => Z.eqb c.2 Z0) divisions then [seq c.1 | c <- divisions] else s.

(** Here d is a divisor to try in this step, and e in the next: last coefficients. In all that was
    computed, one of them divides what comes two steps later, as in elimination without fractions.
    That is not proved, and no answer depends on it: where it fails, numbers are longer. *)
Fixpoint inside_within (n : nat) (d e : Z) (s : seq Z) : bool :=
  if n is n'.+1 then
    if (size s <= 1)%N then last Z0 s != Z0
    else Z.ltb (Z.abs (head Z0 s)) (Z.abs (last Z0 s)) &&
         let t := divided d (schur_step s) in inside_within n' e (last Z0 t) t
  else false.

(** Are all roots of a_0 + a_1 z + ... + a_n z^n, a_n <> 0, inside the unit circle? *)
Definition all_inside (s : seq Z) : bool := inside_within (size s) (Zpos xH) (Zpos xH) s.

Section Correct.

Variable C : numClosedFieldType.

Definition complex_of_Z : {rmorphism Z -> C} := [rmorphism of intr \o int_of_Z].

Local Notation toC := complex_of_Z.

Definition polynomial (s : seq Z) : {poly C} := Poly (map toC s).

Lemma sqr_neq (a b : Z) : Z.ltb (Z.abs b) (Z.abs a) -> a ^+ 2 - b ^+ 2 != 0.
Proof.
move=> /Z.ltb_lt/(Z.square_lt_mono_nonneg _ _ (Z.abs_nonneg b)).
by rewrite !Z.abs_square !expr2 => ba; apply/eqP; lia.
Qed.

Lemma toC_eq0 x : (toC x == 0) = (x == 0).
Proof. by rewrite /= intr_eq0; apply/eqP/eqP; lia. Qed.

Lemma toC_lt x y : (`|toC x| < `|toC y|) = Z.ltb (Z.abs x) (Z.abs y).
Proof. by rewrite /= -!intr_norm ltr_int; apply/idP/idP; lia. Qed.

Lemma toC_real s : real_seq (map toC s).
Proof. by rewrite /real_seq -map_comp; apply: eq_map => x /=; rewrite rmorph_int. Qed.

Lemma dividedE d s : {c | s = map ( *%R c) (divided d s)}.
Proof.
rewrite /divided; case: allP => [exact_ | _]; last first.
  by exists 1; rewrite -[LHS]map_id; apply: eq_map => a; rewrite mul1r.
exists d; rewrite -!map_comp -[LHS]map_id; apply/eq_in_map => a a_s /=.
have := exact_ _ (map_f (Z.div_eucl^~ d) a_s).
have [-> | d0] := Z.eq_dec d Z0; first by case: a {a_s}.
by have := Z.div_eucl_eq a d d0; case: Z.div_eucl => q r -> /Z.eqb_eq /= ->; lia.
Qed.

Lemma divided_inside d s : last Z0 s != Z0 ->
  last Z0 (divided d s) != Z0 /\
  (roots_inside (polynomial (divided d s)) <-> roots_inside (polynomial s)).
Proof.
have [c {1 4}->] := dividedE d s; move: (divided d s) => t.
have -> : last Z0 (map ( *%R c) t) = c * last Z0 t.
  by rewrite -(last_map ( *%R c)) [c * Z0]mulr0.
rewrite mulf_eq0 => /norP[c0 t0]; split=> //.
have -> : polynomial (map ( *%R c) t) = toC c *: polynomial t.
  rewrite /polynomial; move: toC => f; elim: t {t0} => [|a t IH]; first by rewrite scaler0.
  by rewrite /= !cons_poly_def IH rmorphM polyCM -!mul_polyC mulrDr !mulrA.
by split=> inside z z_root; apply: inside; move: z_root; rewrite rootZ // toC_eq0.
Qed.

Lemma size_divided d s : size (divided d s) = size s.
Proof. by have [c {2}->] := dividedE d s; rewrite size_map. Qed.

Lemma inside_within_correct n d e s : (size s <= n)%N -> last Z0 s != Z0 ->
  inside_within n d e s <-> roots_inside (polynomial s).
Proof.
elim: n d e s => [|n IH] d e s s_size s0 /=; first by case: s s_size s0; rewrite ?eqxx.
have f0 : last 0 (map toC s) != 0 by rewrite -(rmorph0 toC) last_map toC_eq0.
have [s1 | s1] := leqP (size s) 1.
  case: s s0 s1 {s_size f0} => [|a [|]] //= a0 _; rewrite a0; split=> // _ z.
  by rewrite /polynomial /= cons_poly_def mul0r add0r rootC toC_eq0 (negPf a0).
rewrite schur_cohn ?size_map //; last exact: toC_real.
have -> : head 0 (map toC s) = toC (head Z0 s) by case: (s) => //=; rewrite rmorph0.
have -> : last 0 (map toC s) = toC (last Z0 s) by rewrite -(rmorph0 toC) last_map.
rewrite toC_lt.
rewrite -map_schur_step; have [ba | ba] /= := boolP (Z.ltb _ _); last by split=> [|[]].
have [|t0 t_inside] := @divided_inside d (schur_step s).
  by rewrite last_schur_step //; apply: sqr_neq.
have t_size : (size (divided d (schur_step s)) <= n)%N.
  by rewrite size_divided size_schur_step -ltnS prednK // ltnW.
apply: (iff_trans (IH _ _ _ t_size t0)).
by apply: (iff_trans t_inside); split=> [|[]].
Qed.

Theorem all_inside_correct s : last Z0 s != Z0 ->
  all_inside s <-> roots_inside (polynomial s).
Proof. exact: inside_within_correct. Qed.
End Correct.

(** Both answers occur: 6 z^2 - z - 1 = (2z - 1)(3z + 1), and 2 z^2 - 3z + 1 has the root 1. *)
Local Open Scope Z_scope.

Example inside_example (C : numClosedFieldType) : roots_inside (polynomial C [:: -1; -1; 6]).
Proof. exact/all_inside_correct. Qed.

Example not_inside_example (C : numClosedFieldType) : ~ roots_inside (polynomial C [:: 1; -3; 2]).
Proof. by move/all_inside_correct => /(_ isT). Qed.
