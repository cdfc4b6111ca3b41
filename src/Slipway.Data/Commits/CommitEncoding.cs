using System.Globalization;
using System.Text;
using Slipway.Content;

namespace Slipway.Data.Commits;

/// <summary>
/// What a finished commit says, as bytes whose SHA-256 is its id. UTF-8 text of lines that end in LF, in this order:
/// <code>
/// slipway-commit 1
/// parent &lt;64 hex&gt;                         (absent for the first commit of a branch)
/// tree &lt;64 hex&gt;
/// input &lt;n&gt;:&lt;name&gt; &lt;repo&gt;@&lt;branch&gt; &lt;global id&gt;  (one for each provenance link, ordered by name, repo, branch, commit)
/// author &lt;n&gt;:&lt;text&gt;
/// finished &lt;UTC time, yyyy-MM-ddTHH:mm:ss.fffffffZ&gt;
/// message &lt;n&gt;:&lt;text&gt;
/// </code>
/// A merge has two lines of parents, that of its branch first, and begins with <c>slipway-commit 2</c>; every other commit is of version 1.
/// Here <c>&lt;n&gt;</c> is the length in bytes of the text that follows the colon, so that no text can imitate a line.
/// </summary>
public static class CommitEncoding
{
    /// <summary>The id of a commit that has a tree and a finish time.</summary>
    /// <param name="parent">The id of the parent; null for the first commit.</param>
    /// <param name="mergedFrom">The id of the second parent; null where it is no merge.</param>
    public static CommitId IdOf(Commit commit, CommitId? parent, CommitId? mergedFrom = null) => new(Digest.Of(Encode(commit, parent, mergedFrom)));

    /// <summary>The bytes that the id is the digest of.</summary>
    public static byte[] Encode(Commit commit, CommitId? parent, CommitId? mergedFrom = null)
    {
        StringBuilder text = new(mergedFrom is null ? "slipway-commit 1\n" : "slipway-commit 2\n");
        foreach (CommitId? id in (CommitId?[])[parent, mergedFrom])
        {
            if (id is not null)
            {
                text.Append("parent ").Append(id).Append('\n');
            }
        }

        text.Append("tree ").Append((commit.Tree ?? commit.Dropped!.Tree).Hex).Append('\n');
        foreach (ProvenanceLink link in commit.Provenance
            .OrderBy(l => l.Input, StringComparer.Ordinal).ThenBy(l => l.Repo).ThenBy(l => l.Branch).ThenBy(l => l.Commit))
        {
            text.Append("input ").Append(Counted(link.Input)).Append(CultureInfo.InvariantCulture, $" {link.Repo}@{link.Branch} {link.Commit}\n");
        }

        text.Append("author ").Append(Counted(commit.Author)).Append('\n');
        text.Append("finished ").Append(commit.Finished!.Value.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)).Append('\n');
        text.Append("message ").Append(Counted(commit.Message)).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Counted(string text) => string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(text)}:{text}");
}
