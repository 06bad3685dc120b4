(** * The verdict on a mix, by the checker

    A mix of classes (input length, decode length, weight) in integers; the shares are the weights
    over their sum. [is_stable] computes the coefficients of its characteristic polynomial, times
    that sum, and asks the checker of SchurCohn.v: the equilibrium is stable iff it says yes. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp Require Import ring zify ssrZ.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix SchurCohn.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Definition integer_class : Type := Z * nat * Z.

Implicit Types (c : integer_class) (cs : seq integer_class).

Definition in_integer_domain c := [&& Z.leb Z0 c.1.1, (0 < c.1.2)%N & Z.ltb Z0 c.2].

Definition valid cs := ~~ nilp cs && all in_integer_domain cs.

(** The kernel and the longest decode length, as in Mix.v. *)
Definition integer_kernel cs (m : nat) : Z :=
  foldr (fun c g => if (m < c.1.2)%N then c.2 * (c.1.1 + Z.of_nat m.+1) + g else g) Z0 cs.

Definition integer_longest cs : nat := foldr (fun c => maxn c.1.2) 0%N cs.

(** The coefficients of F, lowest degree first. *)
Definition coefficients cs : seq Z :=
  mkseq (fun k => integer_kernel cs ((integer_longest cs).-1 - k)) (integer_longest cs).

Definition is_stable cs : bool := all_inside (coefficients cs).

Section Correct.

Variable R : rcfType.

Local Notation toR := (fun x : Z => (int_of_Z x)%:~R : R).
Local Notation toC := (complex_of_Z [numClosedFieldType of R[i]]).

Definition total cs : R := \sum_(c <- cs) toR c.2.

Definition classes_of cs : seq (R * nat * R) :=
  [seq (toR c.1.1, c.1.2, toR c.2 / total cs) | c <- cs].

Lemma weight_gt0 c : in_integer_domain c -> 0 < toR c.2.
Proof. by case/and3P => _ _ w_gt0; rewrite ltr0z; lia. Qed.

Lemma total_gt0 cs : valid cs -> 0 < total cs.
Proof.
rewrite /total; case: cs => // c cs /andP[_ /andP[/weight_gt0 c_gt0 cs_in]]; rewrite big_cons.
rewrite ltr_paddr // big_seq; apply: sumr_ge0 => d d_in.
by apply/ltW/weight_gt0; apply: (allP cs_in).
Qed.

Lemma classes_of_domain cs : valid cs -> all (@in_domain R) (classes_of cs).
Proof.
move=> cs_valid; case/andP: (cs_valid) => _ /allP cs_in; rewrite all_map.
apply/allP => c /cs_in c_in; have w_gt0 := weight_gt0 c_in; case/and3P: c_in => s_ge0 l_gt0 _.
by rewrite /in_domain /= ler0z l_gt0 divr_gt0 ?total_gt0 // andbT; lia.
Qed.

Lemma classes_of_total cs : valid cs -> \sum_(c <- classes_of cs) share c == 1.
Proof.
by move=> /total_gt0 w_gt0; rewrite big_map -mulr_suml divff // gt_eqF.
Qed.

Definition mix_of cs (cs_valid : valid cs) : mix R :=
  Mix (classes_of_domain cs_valid) (classes_of_total cs_valid).

Variables (cs : seq integer_class) (cs_valid : valid cs).
Let M := mix_of cs_valid.

Lemma longest_of : longest M = integer_longest cs.
Proof.
rewrite /longest /= big_map /integer_longest; elim: (cs) => [|c ds IH]; first by rewrite big_nil.
by rewrite big_cons IH.
Qed.

Lemma kernel_of m : kernel M m = (total cs)^-1 * toR (integer_kernel cs m).
Proof.
have : int_of_Z (Z.of_nat m.+1) = m.+1 by lia.
rewrite /integer_kernel; move: (Z.of_nat m.+1) => z z_m.
rewrite /kernel /mean big_map; move: (total cs) => w.
under eq_bigr => c _ do rewrite /share /input /decode /=.
elim: (cs) => [|c ds IH]; first by rewrite big_nil mulr0.
rewrite big_cons IH {IH}; set step := fun _ => _; rewrite [in RHS]/= {2}/step.
case: ifP => _; last by rewrite !mulr0 add0r.
rewrite mulr1 !(rmorphD, rmorphM) /= z_m -pmulrn mulrSr.
by move: (foldr _ _ _) => g; ring.
Qed.

Lemma characteristic_poly_of :
  (characteristic_poly M)^:C = ((total cs)^-1)%:C%C *: polynomial _ (coefficients cs).
Proof.
apply/polyP => k; rewrite coef_map coef_poly coefZ coef_Poly longest_of.
have [k_lt | k_ge] := ltnP k (integer_longest cs); last first.
  by rewrite nth_default ?size_map ?size_iota // mulr0.
rewrite (nth_map Z0) ?size_mkseq // nth_mkseq // kernel_of.
by rewrite [LHS](rmorphM (ComplexField.real_complex_rmorphism R)) [X in _ * X]rmorph_int.
Qed.

Lemma last_coefficients : last Z0 (coefficients cs) != Z0.
Proof.
have L_gt0 := longest_gt0 M; have := kernel_gt0 L_gt0; rewrite longest_of in L_gt0.
rewrite -nth_last size_mkseq nth_mkseq ?prednK // subnn kernel_of.
by apply: contraTneq => ->; rewrite mulr0 ltxx.
Qed.

(** The equilibrium is stable iff all modes are inside. *)
Lemma stable_inside (N : mix R) : stable N <-> roots_inside (characteristic_poly N)^:C.
Proof.
have F0 := complex_characteristic_poly_neq0 N.
rewrite /stable /unstable_modes /marginal_modes; split=> [/andP[/eqP out /eqP on] z | inside].
  rewrite -mem_zeros // => z_in; rewrite real_ltNge ?realE ?normr_ge0 ?ler01 //.
  rewrite le_eqVlt negb_or; move/eqP: out; move/eqP: on.
  rewrite /zeros_on_circle /zeros_outside !eqn0Ngt -!has_count.
  by move/hasPn/(_ _ z_in) => z1 /hasPn/(_ _ z_in) ->; rewrite eq_sym z1.
apply/andP; split; apply/eqP; apply: (count_zeros_eq0 F0) => z /inside z_lt.
  by rewrite lt_gtF.
by rewrite lt_eqF.
Qed.

Theorem is_stable_correct : is_stable cs <-> stable M.
Proof.
have W0 : ((total cs)^-1)%:C%C != 0 by rewrite fmorph_eq0 invr_eq0 gt_eqF ?total_gt0.
apply: (iff_trans (all_inside_correct _ last_coefficients)).
apply: (iff_trans _ (iff_sym (stable_inside M))); rewrite characteristic_poly_of.
by split=> inside z z_root; apply: inside; move: z_root; rewrite rootZ.
Qed.

End Correct.

(** ** Lists of mixes *)

Definition class (s : Z) (l : nat) (w : Z) : integer_class := (s, l, w).

Lemma all_stable (R : rcfType) (mixes : seq (seq integer_class)) :
  all (fun cs => valid cs && is_stable cs) mixes ->
  forall cs (cs_valid : valid cs), cs \in mixes -> stable (mix_of R cs_valid).
Proof. by move=> /allP checked cs cs_valid /checked/andP[_ /is_stable_correct]; apply. Qed.

Lemma none_stable (R : rcfType) (mixes : seq (seq integer_class)) :
  all (fun cs => valid cs && ~~ is_stable cs) mixes ->
  forall cs (cs_valid : valid cs), cs \in mixes -> ~~ stable (mix_of R cs_valid).
Proof.
move=> /allP checked cs cs_valid /checked/andP[_]; apply: contra => /is_stable_correct.
exact.
Qed.

(** Instances; Checked.v has more. *)
Example three_five_verdict : is_stable [:: class 10 3 1; class 10 5 1].
Proof. by vm_compute. Qed.

Example five_verdict : ~~ is_stable [:: class 10 5 1].
Proof. by vm_compute. Qed.
