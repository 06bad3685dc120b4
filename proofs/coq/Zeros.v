(** * Zeros of a complex polynomial, with multiplicity

    All roots of a polynomial as a list, as the fundamental theorem of algebra
    gives it, and the numbers of them inside, on and outside the unit circle. *)

From mathcomp Require Import all_ssreflect all_algebra.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Zeros.
Variable C : numClosedFieldType.
Implicit Types (p q : {poly C}) (z : C).

(** The zeros of [p], as often as their multiplicity; [p] is not 0. *)
Definition zeros p : seq C := sval (closed_field_poly_normal p).

Definition zeros_inside p := count (fun z => `|z| < 1) (zeros p).
Definition zeros_on_circle p := count (fun z => `|z| == 1) (zeros p).
Definition zeros_outside p := count (fun z => `|z| > 1) (zeros p).

(** A zero of the derivative, too. *)
Definition multiple p z := root p z && root p^`() z.

Lemma zerosE p : p = lead_coef p *: \prod_(z <- zeros p) ('X - z%:P).
Proof. by rewrite /zeros; case: closed_field_poly_normal. Qed.

Lemma size_zeros p : p != 0 -> size (zeros p) = (size p).-1.
Proof.
rewrite -lead_coef_eq0 => p0.
by rewrite [in RHS](zerosE p) size_scale // size_prod_XsubC.
Qed.

Lemma mem_zeros p z : p != 0 -> (z \in zeros p) = root p z.
Proof.
rewrite -lead_coef_eq0 => p0.
by rewrite [in RHS](zerosE p) rootZ // root_prod_XsubC.
Qed.

Lemma count_zeros_trichotomy p :
  p != 0 ->
  (zeros_inside p + zeros_on_circle p + zeros_outside p = (size p).-1)%N.
Proof.
move=> p0; rewrite -(size_zeros p0) /zeros_inside /zeros_on_circle.
rewrite /zeros_outside; elim: (zeros p) => //= z r <-.
have := real_ltgtP (normr_real z) (@real1 _).
by case=> _; rewrite ?addSn ?addnS ?add0n.
Qed.

Lemma count_zeros_eq0 p (a : pred C) :
  p != 0 -> (forall z, root p z -> ~~ a z) -> count a (zeros p) = 0%N.
Proof.
move=> p0 out; apply/eqP; rewrite -leqn0 leqNgt -has_count.
by apply/hasPn=> z; rewrite mem_zeros //; apply: out.
Qed.

Lemma count_zeros_all p (a : pred C) :
  p != 0 -> (forall z, root p z -> a z) -> count a (zeros p) = (size p).-1.
Proof.
move=> p0 in_a; rewrite -size_zeros //; apply/eqP; rewrite -all_count.
by apply/allP=> z; rewrite mem_zeros //; apply: in_a.
Qed.

(** One factor [X - z] taken out of [c prod (X - x)]. *)
Let split (c : C) (s : seq C) := c *: \prod_(x <- s) ('X - x%:P).

Let split_rem c s z : c != 0 -> root (split c s) z ->
  [/\ perm_eq s (z :: rem z s), split c s = ('X - z%:P) * split c (rem z s)
    & (split c s)^`().[z] = (split c (rem z s)).[z]].
Proof.
move=> c0; rewrite rootZ // root_prod_XsubC => /perm_to_rem s_perm.
have sE : split c s = ('X - z%:P) * split c (rem z s).
  by rewrite /split -scalerAr (perm_big _ s_perm) big_cons.
split=> //; rewrite sE derivM derivXsubC mul1r hornerD hornerM.
by rewrite !hornerE subrr mul0r addr0.
Qed.

Let zeros_rem p z : root p z -> p != 0 ->
  [/\ perm_eq (zeros p) (z :: rem z (zeros p)),
      p = ('X - z%:P) * split (lead_coef p) (rem z (zeros p))
    & p^`().[z] = (split (lead_coef p) (rem z (zeros p))).[z]].
Proof.
rewrite -lead_coef_eq0 => pz c0; have pE := zerosE p; rewrite -/(split _ _) in pE.
have [] := split_rem c0 (etrans (congr1 (root^~ z) (esym pE)) pz).
by rewrite -pE.
Qed.

(** Where the first derivative is not 0 a zero is simple; where the second is
    not, a multiple zero is double. *)
Lemma count_simple_zero p z :
  root p z -> p^`().[z] != 0 -> count_mem z (zeros p) = 1%N.
Proof.
move=> pz dpz; have p0 : p != 0.
  by apply: contraNneq dpz => ->; rewrite deriv0 horner0.
have [perm1 _ dpE] := zeros_rem pz p0; move: dpz.
rewrite dpE -rootE rootZ ?lead_coef_eq0 // root_prod_XsubC => z_notin.
by rewrite (permP perm1) /= eqxx (count_memPn z_notin).
Qed.

Lemma count_double_zero p z :
  multiple p z -> p^`()^`().[z] != 0 -> count_mem z (zeros p) = 2%N.
Proof.
move=> /andP[pz /eqP dpz] ddpz; have p0 : p != 0.
  by apply: contraNneq ddpz => ->; rewrite !deriv0 horner0.
have c0 : lead_coef p != 0 by rewrite lead_coef_eq0.
have [perm1 pE] := zeros_rem pz p0; rewrite dpz => /esym/eqP qz.
have [perm2 _ dqz] := split_rem c0 qz; set q := split _ _ in pE.
have: q^`().[z] != 0.
  apply: contraNneq ddpz => q0; rewrite pE derivM derivXsubC mul1r derivD derivM.
  by rewrite derivXsubC mul1r !hornerD hornerM q0 hornerXsubC subrr mul0r !addr0.
rewrite {1}/q dqz -rootE rootZ // root_prod_XsubC => z_notin.
by rewrite (permP perm1) /= (permP perm2) /= eqxx (count_memPn z_notin).
Qed.

(** The zeros in a set are different if they are simple. *)
Lemma uniq_simple_zeros p (a : pred C) :
  p != 0 -> (forall z, a z -> root p z -> p^`().[z] != 0) ->
  uniq (filter a (zeros p)).
Proof.
move=> p0 simple; apply: count_mem_uniq => z.
rewrite mem_filter count_filter; have [az | az] := boolP (a z); last first.
  rewrite (eq_count (a2 := pred0)) ?count_pred0 // => x /=.
  by apply/negbTE; apply: contra az => /andP[/eqP <-].
rewrite (eq_count (a2 := pred1 z)) => [|x /=]; last first.
  by case: eqP => // ->; rewrite az.
rewrite mem_zeros //; have [pz | pz] := boolP (root p z).
  by rewrite count_simple_zero ?simple.
by apply/count_memPn; rewrite mem_zeros.
Qed.

End Zeros.
