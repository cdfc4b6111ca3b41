using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Commits;

namespace Slipway.Data.Repos;

/// <summary>Tags: names for commits that never move. Usable wherever a revision is.</summary>
public sealed class TagStore(IMetadataStore metadata, CommitStore commits, TimeProvider time)
{
    private readonly RepoTables _repos = new();

    /// <summary>Names a finished commit.</summary>
    /// <exception cref="SlipwayException">
    /// <see cref="ErrorKind.AlreadyExists"/>: a branch or tag has the name; <see cref="ErrorKind.NotFound"/>; <see cref="ErrorKind.FailedPrecondition"/>: not
    /// finished; <see cref="ErrorKind.InvalidArgument"/>: the name would be read as a commit's number.
    /// </exception>
    public ValueTask<Tag> CreateAsync(CommitReference of, BranchName name, string message, string author, CancellationToken cancellationToken) => metadata.WriteAsync(
        async t =>
        {
            Commit commit = await commits.ResolveAsync(t, of, cancellationToken);
            if (commit.State != CommitState.Finished)
            {
                throw new SlipwayException(ErrorKind.FailedPrecondition, $"{commit.Reference} is not finished: only a finished commit takes a tag");
            }

            await new NameRules(_repos).CheckFreeAsync(t, of.Repo, name, cancellationToken);
            Tag tag = new(of.Repo, name, commit.GlobalId, message, author, time.GetUtcNow());
            await _repos.PutTagAsync(t, tag, cancellationToken);
            return tag;
        },
        cancellationToken);

    /// <summary>The tags of a repo by name.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>: no such repo.</exception>
    public ValueTask<IReadOnlyList<Tag>> ListAsync(RepoName repo, CancellationToken cancellationToken) => metadata.ReadAsync(
        async r =>
        {
            await _repos.GetAsync(r, repo, cancellationToken);
            return (IReadOnlyList<Tag>)await _repos.ListTagsAsync(r, repo, cancellationToken).ToListAsync(cancellationToken);
        },
        cancellationToken);

    /// <summary>Removes a tag; its commit stays.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.NotFound"/>, with the tags that there are.</exception>
    public async ValueTask DeleteAsync(RepoName repo, BranchName name, CancellationToken cancellationToken) => await metadata.WriteAsync(
        async t =>
        {
            await _repos.GetAsync(t, repo, cancellationToken);
            if (!await _repos.DeleteTagAsync(t, repo, name, cancellationToken))
            {
                List<string> tags = await _repos.ListTagsAsync(t, repo, cancellationToken).Take(10).Select(tag => tag.Name.ToString()).ToListAsync(cancellationToken);
                throw new SlipwayException(
                    ErrorKind.NotFound, $"repo {repo} has no tag '{name}'", tags.Count == 0 ? "It has no tags." : $"It has the tags {string.Join(", ", tags)}.");
            }

            return true;
        },
        cancellationToken);
}
