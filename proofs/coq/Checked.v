(** * Mixes whose verdict the checker of SchurCohn.v has confirmed

    Written by scripts/make_checked.py: the packaged teaching mixes and 100 random ones, with
    the verdicts of their certificates. A class is its input length, decode length and weight. *)

From Coq Require Import ZArith.
From mathcomp Require Import all_ssreflect all_algebra ssrZ.
From mathcomp.real_closed Require Import complex.
From stabkit Require Import Mix Verdict.

Definition stable_mixes : seq (seq integer_class) := [::
  [:: class 10 3 1; class 10 5 1];
  [:: class 0 6 2; class 5 1 3];
  [:: class 40 2 1; class 33 3 8; class 28 5 8; class 5 5 3];
  [:: class 19 2 9; class 23 11 1; class 13 6 6];
  [:: class 30 5 5; class 32 2 9];
  [:: class 24 5 8; class 36 5 7; class 25 7 4; class 18 3 6];
  [:: class 20 12 1; class 25 1 8; class 29 2 3];
  [:: class 7 1 1; class 5 3 1];
  [:: class 16 8 8; class 24 7 3; class 21 2 4];
  [:: class 11 3 2; class 21 5 1];
  [:: class 29 3 1; class 13 13 2; class 37 11 2];
  [:: class 17 2 4; class 39 1 3];
  [:: class 18 4 9; class 18 1 4];
  [:: class 14 3 2; class 32 4 3; class 4 1 3];
  [:: class 22 8 8; class 36 7 4; class 2 2 3; class 33 1 5];
  [:: class 10 3 3; class 28 3 1; class 18 5 1];
  [:: class 38 3 1; class 38 1 3];
  [:: class 38 4 4; class 21 3 7];
  [:: class 30 4 9; class 3 4 9; class 23 3 4];
  [:: class 28 3 2; class 36 1 1];
  [:: class 38 2 1; class 8 1 6; class 17 2 4];
  [:: class 33 2 5; class 7 1 3];
  [:: class 9 5 1; class 22 6 3; class 26 5 5; class 8 7 5];
  [:: class 6 2 5; class 9 3 6];
  [:: class 26 2 9; class 30 1 5; class 23 3 7];
  [:: class 10 3 5; class 6 8 1; class 9 1 8; class 40 1 5];
  [:: class 25 1 7; class 7 2 3; class 12 2 6];
  [:: class 15 8 5; class 37 4 9; class 25 1 1; class 20 3 3];
  [:: class 10 2 5; class 7 3 6; class 30 3 6; class 5 2 6];
  [:: class 29 2 8; class 20 1 9; class 9 2 1; class 24 1 7];
  [:: class 27 2 3; class 15 10 1; class 16 5 3; class 6 11 3];
  [:: class 18 1 2; class 5 2 1];
  [:: class 7 1 1];
  [:: class 18 3 8; class 30 11 3; class 40 2 6];
  [:: class 10 5 8; class 25 1 5; class 0 1 5; class 4 6 8];
  [:: class 38 1 8; class 5 2 1];
  [:: class 7 1 2; class 36 1 1];
  [:: class 20 13 6; class 7 6 3; class 26 1 2; class 40 4 7];
  [:: class 24 3 1; class 24 2 7; class 36 4 6];
  [:: class 21 3 3; class 29 1 7; class 5 3 6; class 5 2 7];
  [:: class 23 2 7; class 19 9 5];
  [:: class 7 2 4; class 18 2 5; class 32 3 6; class 19 3 1];
  [:: class 37 1 1; class 28 4 8; class 20 2 2; class 27 1 2];
  [:: class 16 7 2; class 12 1 5; class 11 1 6];
  [:: class 34 1 3; class 31 8 5; class 38 3 1];
  [:: class 40 2 13; class 18 1 8];
  [:: class 31 3 7; class 25 7 2; class 31 4 9];
  [:: class 31 11 5; class 34 11 6; class 31 4 4; class 38 5 5];
  [:: class 15 8 7; class 23 4 2; class 9 7 8; class 10 1 9];
  [:: class 28 1 4; class 2 2 3; class 4 2 5; class 29 2 2]
].

Theorem stable_mixes_checked (R : rcfType) cs (cs_valid : valid cs) :
  cs \in stable_mixes -> stable (mix_of R cs_valid).
Proof. by apply: all_stable; vm_compute. Qed.

Definition other_mixes : seq (seq integer_class) := [::
  [:: class 10 5 1];
  [:: class 5 3 1; class 5 5 1];
  [:: class 5 2 1; class 5 4 1];
  [:: class 1 2 1; class 1 3 1];
  [:: class 37 3 4; class 10 4 3; class 5 12 3; class 18 12 1];
  [:: class 19 4 1];
  [:: class 31 5 1; class 35 12 1];
  [:: class 5 16 3; class 9 11 8];
  [:: class 5 11 1; class 16 6 3];
  [:: class 25 4 5; class 25 2 8];
  [:: class 16 7 3; class 36 7 7; class 21 7 4];
  [:: class 2 2 4; class 20 15 4; class 5 2 1];
  [:: class 21 6 2; class 37 6 1];
  [:: class 34 1 7; class 25 13 5; class 17 15 7];
  [:: class 8 9 4; class 28 3 3];
  [:: class 7 14 1];
  [:: class 1 2 1; class 11 2 5];
  [:: class 15 2 5; class 40 10 4];
  [:: class 2 3 3; class 12 12 4];
  [:: class 37 11 1];
  [:: class 22 2 2; class 33 2 9];
  [:: class 4 4 1];
  [:: class 15 16 1];
  [:: class 10 9 1; class 17 3 9];
  [:: class 14 7 1];
  [:: class 30 4 4; class 17 7 3];
  [:: class 39 13 8; class 7 12 1];
  [:: class 38 2 7; class 10 2 2];
  [:: class 7 11 6; class 32 6 5; class 36 9 6];
  [:: class 9 11 9; class 15 3 3; class 14 7 7];
  [:: class 27 5 1];
  [:: class 13 2 1];
  [:: class 10 2 1];
  [:: class 14 7 3; class 32 15 2];
  [:: class 26 6 5; class 27 9 6];
  [:: class 21 2 1];
  [:: class 12 11 2; class 14 10 3];
  [:: class 16 2 1];
  [:: class 5 3 7; class 12 13 4];
  [:: class 33 13 8; class 25 3 6; class 16 8 3; class 17 3 3];
  [:: class 32 5 1];
  [:: class 4 10 9; class 33 6 1; class 39 14 7];
  [:: class 10 1 5; class 6 6 6];
  [:: class 30 3 1; class 38 6 1; class 10 9 5];
  [:: class 11 8 7; class 17 2 8; class 12 4 5];
  [:: class 35 7 2; class 27 7 4; class 23 7 7];
  [:: class 7 2 1];
  [:: class 36 9 4; class 15 5 1; class 14 9 9; class 10 1 3];
  [:: class 26 6 7; class 7 6 8; class 35 8 5; class 5 10 5];
  [:: class 1 2 5; class 9 4 1; class 3 6 3; class 18 4 3];
  [:: class 24 4 3; class 32 4 3; class 1 7 2; class 6 6 8];
  [:: class 20 2 1];
  [:: class 17 11 5; class 22 7 9; class 1 5 6; class 35 12 9];
  [:: class 0 11 1];
  [:: class 2 12 1];
  [:: class 39 6 2; class 4 2 2; class 16 2 1]
].

Theorem other_mixes_checked (R : rcfType) cs (cs_valid : valid cs) :
  cs \in other_mixes -> ~~ stable (mix_of R cs_valid).
Proof. by apply: none_stable; vm_compute. Qed.
