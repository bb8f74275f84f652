"""A new resource's index.md: its fields explained in the author's language, headings of a good one below."""

from kebao.skeletons.kind_names import kind_from
from kebao.skeletons.refusals import skeleton_problems
from kebao.skeletons.skeleton import SkeletonFile, plan_skeleton

__all__ = ["SkeletonFile", "kind_from", "plan_skeleton", "skeleton_problems"]
