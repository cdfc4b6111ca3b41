using System.Collections.Immutable;
using Slipway.Data.Repos;

namespace Slipway.Data.Commits;

/// <summary>Branches that came to other heads in one transaction, and the id under which what follows from that is to be known.</summary>
/// <param name="Id">The finished commit's own global id; a new one where branches moved without a new commit.</param>
/// <param name="Cause">What moved them, as the middle of a sentence for the jobs that follow.</param>
/// <param name="Branches">The branches with their new heads.</param>
public sealed record HeadMoves(GlobalId Id, string Cause, ImmutableArray<Branch> Branches);
