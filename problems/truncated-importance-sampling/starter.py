def tis_objective(
    new: list[list[float]],
    old: list[list[float]],
    rollout: list[list[float]],
    advantages: list[float],
    epsilon: float = 0.2,
    cap: float = 2.0,
) -> float:
    """PPO's objective, corrected for a rollout engine that differs from the trainer.

    Args:
        new: Log-probability of each token under the policy being trained, one row per response.
        old: The same under the policy before the update, computed by the trainer.
        rollout: The same as reported by the engine that sampled the tokens.
        advantages: Advantage of each response.
        epsilon: Half the width of the clipping range of the ratio of new to old.
        cap: Largest weight of a token, which is the ratio of old to rollout.

    Returns:
        The objective, to be maximised.
    """
    # Write your code here.
    pass
