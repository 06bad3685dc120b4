(** * R2: the characteristic polynomial for a common input

    If all classes have one input length [s], however many there are,
    [F = (s + L) A - X A']. *)

From mathcomp Require Import all_ssreflect all_algebra.
From mathcomp.zify Require Import zify.
From mathcomp.algebra_tactics Require Import ring.
From stabkit Require Import Mix.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section CommonInput.
Variables (R : realFieldType) (M : mix R) (s : R).
Hypothesis common_input : {in classes M, forall c, input c = s}.

Lemma common_kernel m : kernel M m = (s + m%:R + 1) * survival M m.
Proof. by rewrite -meanZ; apply: eq_mean => c /common_input ->. Qed.

(** The coefficient of [X^k] on both sides is [(s + L - k) S_(L-1-k)]. *)
Theorem common_input_form :
  characteristic_poly M =
  (s + (longest M)%:R) *: survival_poly M - 'X * (survival_poly M)^`().
Proof.
apply/polyP=> k; rewrite coefB coefZ coefXM coef_deriv !coef_poly.
have [k_lt | k_ge] := ltnP k (longest M); last first.
  by case: k k_ge => [|k] k_ge; rewrite ?ltnNge ?k_ge /= ?mulr0 ?mul0rn subr0.
have -> : (if k == 0%N then 0 else
    (if (k.-1.+1 < longest M)%N then survival M ((longest M).-1 - k.-1.+1) else 0)
    *+ k.-1.+1) = survival M ((longest M).-1 - k) *+ k.
  by case: k k_lt => [|k] k_lt //=; rewrite k_lt.
have LE : (longest M)%:R = ((longest M).-1 - k)%:R + 1 + k%:R :> R.
  by rewrite -(natrD _ _ 1) -natrD; congr (_ %:R); lia.
by rewrite common_kernel LE -mulr_natl; ring.
Qed.

End CommonInput.

(** ** Instance: inputs 10, lengths 3 and 5 in equal shares, where
    [F = 11 X^4 + 12 X^3 + 13 X^2 + 7 X + 15/2] *)
Section Instance.
Variable R : realFieldType.

Let three_five : mix R := @equal_shares R 10 3 10 5 isT.

Example three_five_form :
  characteristic_poly three_five =
  15%:R *: survival_poly three_five - 'X * (survival_poly three_five)^`().
Proof.
have L5 : longest three_five = 5%N by rewrite longest_equal_shares.
rewrite (@common_input_form R three_five 10%:R) ?L5 -?natrD //.
by move=> c; rewrite !inE => /orP[] /eqP ->.
Qed.

Example three_five_coefficients :
  characteristic_poly three_five = Poly [:: 15%:R / 2%:R; 7%:R; 13%:R; 12%:R; 11%:R].
Proof.
have L5 : longest three_five = 5%N by rewrite longest_equal_shares.
have [k0 k1 k2 k3 k4] : [/\ kernel three_five 0 = 11%:R, kernel three_five 1 = 12%:R,
    kernel three_five 2 = 13%:R, kernel three_five 3 = 7%:R
  & kernel three_five 4 = 15%:R / 2%:R].
  by rewrite /kernel !mean_equal_shares /= /input /=; split; field.
by apply/polyP => -[|[|[|[|[|k]]]]]; rewrite coef_poly coef_Poly L5 /= ?nth_nil // !subSS subn0.
Qed.

End Instance.
