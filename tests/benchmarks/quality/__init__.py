"""How often the detector is right on the labelled pairs.

cases ─► answers (one comparison a pair) ─► outcomes ─► figures, breakdowns, baselines, confidence ─► floors
"""
