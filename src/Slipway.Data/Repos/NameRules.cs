using System.Globalization;
using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Data.Repos;

/// <summary>Which names a repo still has free for a branch or a tag, so that a reference never means two commits.</summary>
internal sealed class NameRules(RepoTables repos)
{
    /// <summary>Throws where a branch or a tag has the name, or where it would be read as the Nth commit of one.</summary>
    public async ValueTask CheckFreeAsync(IMetadataReader reader, RepoName repo, BranchName name, CancellationToken cancellationToken)
    {
        if (await repos.FindBranchAsync(reader, repo, name, cancellationToken) is not null)
        {
            throw new SlipwayException(ErrorKind.AlreadyExists, $"there is a branch {repo}@{name} already", $"To move it: slipway branch move {repo}@{name} REVISION");
        }

        if (await repos.FindTagAsync(reader, repo, name, cancellationToken) is not null)
        {
            throw new SlipwayException(
                ErrorKind.AlreadyExists, $"there is a tag {repo}@{name} already, and a tag never moves", $"Take another name, or: slipway commit untag {repo}@{name}");
        }

        string text = name.ToString();
        int dot = text.LastIndexOf('.');
        if (dot > 0 && int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal)
            && BranchName.TryParse(text[..dot], out BranchName stem)
            && (await repos.FindBranchAsync(reader, repo, stem, cancellationToken) is not null || await repos.FindTagAsync(reader, repo, stem, cancellationToken) is not null))
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, $"'{name}' cannot be a name in repo {repo}: it means commit {ordinal} of {stem}, counted from the first", "Take another name.");
        }
    }
}
