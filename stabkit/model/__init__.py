"""The model: what a server is asked to hold, exactly, and the polynomials that follow from it.

In reading order:

* `numbers`: how a number comes in, exact or refused, its bounds, and how it goes out.
* `documents`, `file_kinds`, `files`, `examples`: the readers; they return the plain arguments of a
  workload. The room `traces` reads request logs.
* `request_classes`, `workload`: the class mix, which makes itself from these. All else starts here.
  `notation`: what may be given for one, such as "5:3 5:5".
* `kernel`: the memory kernel g_0, ..., g_(L-1), as integers over one denominator, damped and
  reserved too; `blocks`: that of memory in blocks.
* `symbolic`, `polynomials`, `state_space`: the sympy side, characteristic polynomial included.
* `transfer`: the model as a transfer function of python-control or scipy.
* `enclosure`: a real number between two rationals; `verdict`: the four words of a verdict.
* `cache_memory`, `model_config`, `start_up_log`: the capacity, from the shape of a model, from its
  `config.json` or from a server's log; `server_lines`: what the servers say in it.
* `codec`: frozen records to JSON types and back.

Every layer above takes `workload`, `kernel` and `numbers`; the dynamics nothing that needs sympy.
Others take all but `file_kinds`, `server_lines`, `state_space` and `transfer`.
"""
