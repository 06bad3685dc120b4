(** * Mixes, their kernels and their modes

    The definitions of docs/model.md, sections Model, Kernel, Stability and
    Survival, in its order and with its letters.  All numbers of a mix are in
    a real field [R], which may be the rationals.  Where roots are counted,
    [R] is real closed (the real algebraic numbers [realalg] will do), and the
    roots are in its algebraic closure [R[i]]. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.real_closed Require Import complex.
From mathcomp.zify Require Import zify.
From stabkit Require Export Zeros.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Mixes

    A class is [(s, l, p)]: input length, decode length and share. *)
Section Mix.
Variable R : realFieldType.
Definition class : Type := R * nat * R.
Implicit Types (c : class) (x : R).

Definition input c : R := c.1.1.
Definition decode c : nat := c.1.2.
Definition share c : R := c.2.

Definition in_domain c := [&& 0 <= input c, (0 < decode c)%N & 0 < share c].

Record mix := Mix {
  classes :> seq (R * nat * R);
  mix_domain : all in_domain classes;
  mix_total : \sum_(c <- classes) share c == 1
}.

Variable M : mix.

(** The mean over a random admission: [E f], of a function of its class. *)
Definition mean (f : class -> R) : R := \sum_(c <- M) share c * f c.

(** The longest decode length [L], the gcd [g] and the mean [mu]. *)
Definition longest : nat := \max_(c <- M) decode c.
Definition gcd_decode : nat := \big[gcdn/0%N]_(c <- M) decode c.
Definition mean_decode : R := mean (fun c => (decode c)%:R).

(** The survival function [S_m = P(T > m)] and the memory kernel
    [g_m = E[(S + m + 1) 1{T > m}]]. *)
Definition survival (m : nat) : R := mean (fun c => (m < decode c)%N%:R).
Definition kernel (m : nat) : R :=
  mean (fun c => (input c + m%:R + 1) * (m < decode c)%N%:R).

(** The survival polynomial [A], the generating function [G] and the
    characteristic polynomial [F]. *)
Definition survival_poly : {poly R} :=
  \poly_(k < longest) survival (longest.-1 - k).
Definition generating_poly : {poly R} := \poly_(m < longest) kernel m.
Definition characteristic_poly : {poly R} :=
  \poly_(k < longest) kernel (longest.-1 - k).

(** *** First consequences *)

Lemma classP c : c \in classes M ->
  [/\ 0 <= input c, (0 < decode c)%N & 0 < share c].
Proof. by move/(allP (mix_domain M))/and3P. Qed.

Lemma share_total : \sum_(c <- M) share c = 1.
Proof. exact/eqP/mix_total. Qed.

Lemma mix_nonempty : exists c, c \in classes M.
Proof.
case: (classes M) share_total => [|c r _]; last by exists c; apply: mem_head.
by rewrite big_nil => /esym/eqP; rewrite oner_eq0.
Qed.

Lemma eq_mean f h :
  {in classes M, f =1 h} -> mean f = mean h.
Proof. by move=> fh; apply: eq_big_seq => c /fh ->. Qed.

Lemma mean_const x : mean (fun=> x) = x.
Proof. by rewrite /mean -mulr_suml share_total mul1r. Qed.

Lemma mean_ge0 f : {in classes M, forall c, 0 <= f c} -> 0 <= mean f.
Proof.
move=> f_ge0; rewrite /mean big_seq; apply: sumr_ge0 => c c_in.
by case: (classP c_in) => _ _ /ltW p_ge0; rewrite mulr_ge0 ?f_ge0.
Qed.

Lemma meanD f h : mean (fun c => f c + h c) = mean f + mean h.
Proof. by rewrite -big_split; apply: eq_bigr => c _; rewrite mulrDr. Qed.

Lemma meanZ x f : mean (fun c => x * f c) = x * mean f.
Proof. by rewrite [RHS]mulr_sumr; apply: eq_bigr => c _; rewrite mulrCA. Qed.

Lemma meanB f h : mean (fun c => f c - h c) = mean f - mean h.
Proof.
rewrite meanD -mulN1r -meanZ; congr (_ + _).
by apply: eq_mean => c _; rewrite mulN1r.
Qed.

Lemma mean_sum n (f : 'I_n -> class -> R) :
  mean (fun c => \sum_i f i c) = \sum_i mean (f i).
Proof. by rewrite exchange_big; apply: eq_bigr => c _; rewrite mulr_sumr. Qed.

(** A mean of nonnegative numbers is positive if one of them is. *)
Lemma mean_gt0 f c : {in classes M, forall c, 0 <= f c} ->
  c \in classes M -> 0 < f c -> 0 < mean f.
Proof.
move=> f_ge0 c_in fc_gt0; case: (classP c_in) => _ _ p_gt0.
apply: (lt_le_trans (mulr_gt0 p_gt0 fc_gt0)); rewrite /mean (big_rem _ c_in) /=.
rewrite ler_addl big_seq; apply: sumr_ge0 => d /mem_rem d_in.
by case: (classP d_in) => _ _ /ltW pd_ge0; rewrite mulr_ge0 ?f_ge0.
Qed.

Lemma decode_le_longest c : c \in classes M -> (decode c <= longest)%N.
Proof. by move=> c_in; rewrite /longest (big_rem _ c_in) leq_maxl. Qed.

Lemma longest_class : exists2 c, c \in classes M & decode c = longest.
Proof.
have [c c_in] := mix_nonempty; rewrite /longest.
elim: (classes M) c c_in => // d r IH _ _.
rewrite big_cons; case: (leqP (decode d) (\max_(e <- r) decode e)) => [le_d | lt_d].
  case: r IH le_d => [|e r] IH le_d.
    by exists d; rewrite ?mem_head //; apply/eqP; rewrite eqn_leq le_d big_nil.
  have [e0 e0_in <-] := IH e (mem_head e r).
  by exists e0; rewrite // inE e0_in orbT.
by exists d; rewrite ?mem_head.
Qed.

Lemma longest_gt0 : (0 < longest)%N.
Proof. by have [c /classP[_ l_gt0 _] <-] := longest_class. Qed.

Lemma gcd_dvd_decode c : c \in classes M -> (gcd_decode %| decode c)%N.
Proof. by move=> c_in; rewrite /gcd_decode (big_rem _ c_in) dvdn_gcdl. Qed.

Lemma dvd_gcd_decode d :
  {in classes M, forall c, (d %| decode c)%N} -> (d %| gcd_decode)%N.
Proof.
rewrite /gcd_decode; elim: (classes M) => [|c r IH] d_dvd.
  by rewrite big_nil dvdn0.
rewrite big_cons dvdn_gcd d_dvd ?mem_head // IH // => e e_in.
by rewrite d_dvd // inE e_in orbT.
Qed.

Lemma gcd_decode_gt0 : (0 < gcd_decode)%N.
Proof.
by have [c c_in _] := longest_class; case: (classP c_in) => _ l_gt0 _;
  rewrite (dvdn_gt0 l_gt0) // gcd_dvd_decode.
Qed.

Lemma survival0 : survival 0 = 1.
Proof.
rewrite /survival -[RHS]mean_const; apply: eq_mean => c /classP[_ -> _].
by [].
Qed.

Lemma survival_step m :
  survival m - survival m.+1 = mean (fun c => (decode c == m.+1)%:R).
Proof.
rewrite -meanB; apply: eq_mean => c _.
by case: (ltngtP (decode c) m.+1) => lt_m; rewrite ?subrr ?subr0.
Qed.

Lemma survival_le m : survival m.+1 <= survival m.
Proof. by rewrite -subr_ge0 survival_step mean_ge0 // => c _; apply: ler0n. Qed.

Lemma survival_lt c : c \in classes M ->
  survival (decode c) < survival (decode c).-1.
Proof.
move=> c_in; case: (classP c_in) => _ l_gt0 _; rewrite -subr_gt0.
rewrite -[in X in _ - X](prednK l_gt0) survival_step.
apply: (mean_gt0 _ c_in) => [d _|]; first exact: ler0n.
by rewrite prednK // eqxx ltr01.
Qed.

Lemma survival_lt_class m : survival m.+1 < survival m ->
  exists2 c, c \in classes M & decode c = m.+1.
Proof.
rewrite -subr_gt0 survival_step => S_gt0.
have [/hasP[c c_in /eqP lc] | /hasPn none] := boolP (has (fun c => decode c == m.+1) M).
  by exists c.
move: S_gt0; rewrite (eq_mean (h := fun=> 0)) ?mean_const ?ltxx // => c.
by move/none/negPf->.
Qed.

Lemma survival_gt0 m : (m < longest)%N -> 0 < survival m.
Proof.
have [c c_in <-] := longest_class => m_lt.
by apply: (mean_gt0 _ c_in) => [d _|]; [apply: ler0n | rewrite m_lt ltr01].
Qed.

Lemma kernel_gt0 m : (m < longest)%N -> 0 < kernel m.
Proof.
have [c c_in <-] := longest_class => m_lt.
have s_gt0 d : d \in classes M -> 0 < input d + m%:R + 1.
  by case/classP => s_ge0 _ _; rewrite ltr_spaddr ?addr_ge0 ?ler0n ?ltr01.
apply: (mean_gt0 _ c_in) => [d /s_gt0/ltW d_ge0|]; first by rewrite mulr_ge0 ?ler0n.
by rewrite m_lt mulr1 s_gt0.
Qed.

Lemma mean_decode_gt0 : 0 < mean_decode.
Proof.
have [c c_in _] := longest_class; case: (classP c_in) => _ l_gt0 _.
by apply: (mean_gt0 _ c_in) => [d _|]; rewrite /= ?ler0n ?ltr0n.
Qed.

(** [A] and [F] have the degree [L - 1]. *)
Lemma size_survival_poly : size survival_poly = longest.
Proof.
by rewrite size_poly_eq // subnn survival0 oner_neq0.
Qed.

Lemma size_characteristic_poly : size characteristic_poly = longest.
Proof.
by rewrite size_poly_eq // subnn lt0r_neq0 // kernel_gt0 ?longest_gt0.
Qed.

Lemma survival_poly_neq0 : survival_poly != 0.
Proof. by rewrite -size_poly_gt0 size_survival_poly longest_gt0. Qed.

Lemma characteristic_poly_neq0 : characteristic_poly != 0.
Proof. by rewrite -size_poly_gt0 size_characteristic_poly longest_gt0. Qed.

(** [G] is the mean of the classes' own polynomials, and [F] its reciprocal,
    [F(z) = z^(L-1) G(1/z)]. *)
Lemma horner_generating x :
  generating_poly.[x] =
  mean (fun c => \sum_(m < decode c) (input c + m%:R + 1) * x ^+ m).
Proof.
rewrite horner_poly; transitivity (mean (fun c => \sum_(m < longest)
    (input c + m%:R + 1) * (m < decode c)%N%:R * x ^+ m)).
  rewrite mean_sum; apply: eq_bigr => m _; rewrite mulrC -meanZ.
  by apply: eq_mean => c _; rewrite mulrC.
apply: eq_mean => c /decode_le_longest l_le.
rewrite (big_ord_widen _ (fun m => (input c + m%:R + 1) * x ^+ m) l_le).
rewrite [RHS]big_mkcond; apply: eq_bigr => m _.
by case: ifP; rewrite ?mulr1 ?mulr0 ?mul0r.
Qed.

Lemma horner_characteristic x : x != 0 ->
  characteristic_poly.[x] = x ^+ longest.-1 * generating_poly.[x^-1].
Proof.
move=> x_neq0; rewrite !horner_poly mulr_sumr (reindex_inj rev_ord_inj).
apply: eq_bigr => -[k k_lt] _ /=.
have -> : (longest - k.+1 = longest.-1 - k)%N by lia.
have k_le : (k <= longest.-1)%N by lia.
by rewrite subKn // expfB_cond ?(negPf x_neq0) // mulrCA exprVn.
Qed.

End Mix.

(** Two classes: the smallest mixes of interest. *)
Section TwoClasses.
Variable R : realFieldType.
Variables (s1 s2 : R) (l1 l2 : nat) (p : R).
Hypotheses (s_ge0 : (0 <= s1) && (0 <= s2)) (l_gt0 : (0 < l1)%N && (0 < l2)%N).
Hypothesis p_in : 0 < p < 1.

Let two : seq (class R) := [:: (s1, l1, p); (s2, l2, 1 - p)].

Fact two_domain : all (@in_domain R) two.
Proof.
case/andP: s_ge0 l_gt0 p_in => s1_ge0 s2_ge0 /andP[l1_gt0 l2_gt0] /andP[p_gt0 p_lt1].
by rewrite /= /in_domain /= s1_ge0 s2_ge0 l1_gt0 l2_gt0 p_gt0 subr_gt0 p_lt1.
Qed.

Fact two_total : \sum_(c <- two) share c == 1.
Proof. by rewrite 2!big_cons big_nil addr0 addrC subrK. Qed.

Definition two_classes : mix R := Mix two_domain two_total.

End TwoClasses.

(** Two classes in equal shares, for examples. *)
Section EqualShares.
Variables (R : realFieldType) (s1 l1 s2 l2 : nat).
Hypothesis l_gt0 : (0 < l1)%N && (0 < l2)%N.

Fact nat_inputs : (0 <= s1%:R :> R) && (0 <= s2%:R :> R).
Proof. by rewrite !ler0n. Qed.

Fact half_share : 0 < (2%:R^-1 : R) < 1.
Proof. by rewrite invr_gt0 ltr0n invf_lt1 ?ltr0n // ltr1n. Qed.

Definition equal_shares : mix R := two_classes nat_inputs l_gt0 half_share.

Lemma longest_equal_shares : longest equal_shares = maxn l1 l2.
Proof. by rewrite /longest !big_cons big_nil maxn0. Qed.

Lemma mean_equal_shares f :
  mean equal_shares f =
  (f (s1%:R, l1, 2%:R^-1) + f (s2%:R, l2, 2%:R^-1)) / 2%:R.
Proof.
have half : 1 - 2%:R^-1 = 2%:R^-1 :> R.
  by rewrite [X in X - _](splitr 1) mul1r addrK.
by rewrite /mean !big_cons big_nil addr0 /share /= half mulrDl !(mulrC 2%:R^-1).
Qed.

End EqualShares.

(** ** Modes, counted with multiplicity, over a real closed field *)
Notation "p ^:C" := (map_poly (real_complex _) p)
  (at level 2, format "p ^:C") : ring_scope.

(** The value of a real polynomial at a complex number. *)
Lemma complex_horner (R : rcfType) n (a : nat -> R) (z : R[i]) :
  (\poly_(k < n) a k)^:C.[z] = \sum_(k < n) (a k)%:C%C * z ^+ k.
Proof.
rewrite (horner_coef_wide (n := n)) ?size_map_poly ?size_poly //.
by apply: eq_bigr => k _; rewrite coef_map coef_poly ltn_ord.
Qed.

Section Modes.
Variables (R : rcfType) (M : mix R).

Definition modes : seq R[i] := zeros (characteristic_poly M)^:C.
Definition stable_modes : nat := zeros_inside (characteristic_poly M)^:C.
Definition marginal_modes : nat := zeros_on_circle (characteristic_poly M)^:C.
Definition unstable_modes : nat := zeros_outside (characteristic_poly M)^:C.

Definition stable := (unstable_modes == 0%N) && (marginal_modes == 0%N).

Lemma complex_survival_poly_neq0 : (survival_poly M)^:C != 0.
Proof. by rewrite map_poly_eq0 survival_poly_neq0. Qed.

Lemma complex_characteristic_poly_neq0 : (characteristic_poly M)^:C != 0.
Proof. by rewrite map_poly_eq0 characteristic_poly_neq0. Qed.

Lemma size_modes : size modes = (longest M).-1.
Proof.
rewrite size_zeros ?complex_characteristic_poly_neq0 // size_map_poly.
by rewrite size_characteristic_poly.
Qed.

(** The equations of the roots of [A] and of the modes. *)
Lemma root_survival_poly z : root (survival_poly M)^:C z =
  (\sum_(k < longest M) (survival M ((longest M).-1 - k))%:C%C * z ^+ k == 0).
Proof. by rewrite rootE complex_horner. Qed.

Lemma root_characteristic_poly z : root (characteristic_poly M)^:C z =
  (\sum_(k < longest M) (kernel M ((longest M).-1 - k))%:C%C * z ^+ k == 0).
Proof. by rewrite rootE complex_horner. Qed.

End Modes.
