"""Methods that hold the arms together place by place: Efron's coin, the block urn, the maximal procedure."""
