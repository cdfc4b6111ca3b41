using Slipway.Content;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Daemon.S3.Buckets;

/// <summary>What a bucket's name means: <c>branch.repo[.project]</c>, or a commit in the branch's place.</summary>
/// <param name="Head">Whose files it shows; null for a branch without a commit.</param>
/// <param name="Refusal">Why nothing is written to it; null where it is a branch of people.</param>
internal sealed record S3Bucket(string Name, Repo Repo, string Revision, Commit? Head, string? Refusal)
{
    /// <summary>False where the name says a commit.</summary>
    public bool IsBranch { get; init; }

    /// <summary>Where every object of it was last modified: when its commit finished.</summary>
    public DateTimeOffset Modified => Head?.Finished ?? Repo.Created;

    public BranchName Branch => Refusal is null ? BranchName.Parse(Revision) : throw new S3Exception(403, "AccessDenied", Refusal);
}

/// <summary>Finds buckets.</summary>
internal sealed class S3Buckets(RepoStore repos, BranchStore branches, CommitStore commits)
{
    public static string NameOf(RepoName repo, BranchName branch) => repo.Project is { } project ? $"{branch}.{repo.Name}.{project}" : $"{branch}.{repo.Name}";

    /// <exception cref="S3Exception">There is no such bucket; the message says how they are named.</exception>
    public async Task<S3Bucket> GetAsync(string name, CancellationToken cancellationToken)
    {
        string why = "a bucket is named branch.repo or branch.repo.project, as master.training, or a commit's id in the branch's place";
        foreach ((string revision, RepoName repoName) in Readings(name))
        {
            if (await repos.FindAsync(repoName, cancellationToken) is not { } repo)
            {
                continue;
            }

            why = $"repo {repoName} has no branch or commit {revision}; make the branch as a bucket (aws s3 mb s3://{name}), or with: slipway branch create {repoName}@{revision}";

            if (BranchName.TryParse(revision, out BranchName branch) && (await repos.ListBranchesAsync(repoName, cancellationToken)).Any(b => b.Name == branch))
            {
                string? refusal = repo.Pipeline is { } pipeline ? $"repo {repo.Name} is written by pipeline {pipeline} alone" : null;
                return new S3Bucket(name, repo, revision, await commits.HeadAsync(repoName, branch, cancellationToken), refusal) { IsBranch = true };
            }

            if (CommitReference.TryParse($"{repoName}@{revision}", out CommitReference? reference) && await ResolveAsync(reference, cancellationToken) is { Tree: not null } commit)
            {
                return new S3Bucket(name, repo, revision, commit, $"bucket {name} is the commit {commit.Reference}, which never changes: write to {NameOf(repoName, commit.Branch)}");
            }
        }

        throw new S3Exception(404, "NoSuchBucket", $"there is no bucket {name}: {why}");
    }

    public async Task<List<(string Name, DateTimeOffset Created)>> ListAsync(CancellationToken cancellationToken)
    {
        List<(string, DateTimeOffset)> list = [];
        foreach (Repo repo in await repos.ListAsync(cancellationToken))
        {
            list.AddRange((await repos.ListBranchesAsync(repo.Name, cancellationToken)).Select(branch => (NameOf(repo.Name, branch.Name), repo.Created)));
        }

        list.Sort((left, right) => string.CompareOrdinal(left.Item1, right.Item1));
        return list;
    }

    /// <summary>Makes the branch, and its repo where that is new.</summary>
    public async Task CreateAsync(string name, CancellationToken cancellationToken)
    {
        string[] parts = name.Split('.');
        if (parts.Length is < 2 or > 3 || !BranchName.TryParse(parts[0], out BranchName branch) || !RepoName.TryParse(parts.Length == 2 ? parts[1] : $"{parts[2]}/{parts[1]}", out RepoName repo))
        {
            throw new S3Exception(400, "InvalidBucketName", $"'{name}' is not the name of a new bucket: it is branch.repo or branch.repo.project, as master.training");
        }

        if (await repos.FindAsync(repo, cancellationToken) is null)
        {
            await repos.CreateAsync(repo, "", null, cancellationToken);
        }

        if ((await repos.ListBranchesAsync(repo, cancellationToken)).All(b => b.Name != branch))
        {
            await branches.CreateAsync(repo, branch, null, cancellationToken);
        }
    }

    /// <summary>Deletes the branch of an empty bucket; its repo too, where that never had a commit and has no other branch.</summary>
    /// <exception cref="S3Exception">It has objects, or nobody may write to it.</exception>
    public async Task DeleteAsync(S3Bucket bucket, bool isEmpty, CancellationToken cancellationToken)
    {
        BranchName branch = bucket.Branch;
        if (!isEmpty)
        {
            throw new S3Exception(409, "BucketNotEmpty", $"bucket {bucket.Name} has objects: delete them first. What commits had stays in the history");
        }

        await branches.DeleteAsync(bucket.Repo.Name, branch, cancellationToken);
        bool isUnused = (await repos.ListBranchesAsync(bucket.Repo.Name, cancellationToken)).Count == 0
            && !await commits.LogAsync(bucket.Repo.Name, null, cancellationToken).AnyAsync(cancellationToken);
        if (isUnused)
        {
            await repos.DeleteAsync(bucket.Repo.Name, cancellationToken);
        }
    }

    private async Task<Commit?> ResolveAsync(CommitReference reference, CancellationToken cancellationToken)
    {
        try
        {
            return await commits.ResolveAsync(reference, cancellationToken);
        }
        catch (SlipwayException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    /// <summary>Names hold dots themselves: every way to read one, the branch as short as can be first.</summary>
    private static IEnumerable<(string Revision, RepoName Repo)> Readings(string name)
    {
        string[] parts = name.Split('.');
        for (int i = 1; i < parts.Length; i++)
        {
            string revision = string.Join('.', parts[..i]);
            if (RepoName.TryParse(string.Join('.', parts[i..]), out RepoName whole))
            {
                yield return (revision, whole);
            }

            for (int j = parts.Length - 1; j > i; j--)
            {
                if (RepoName.TryParse($"{string.Join('.', parts[j..])}/{string.Join('.', parts[i..j])}", out RepoName inProject))
                {
                    yield return (revision, inProject);
                }
            }
        }
    }
}
