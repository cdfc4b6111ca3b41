using System.Globalization;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Data.Commits;

/// <summary>The edits of open commits: pages under repo, commit and a running number.</summary>
internal sealed class Journal
{
    private readonly Table<JournalPage> _pages = new("commit-journal", CommitJson.Default.JournalPage);

    /// <summary>Adds edits after those that the commit has.</summary>
    public async ValueTask AppendAsync(
        IMetadataTransaction transaction, RepoName repo, GlobalId commit, IReadOnlyList<TreeEdit> edits, CancellationToken cancellationToken)
    {
        int page = await CountAsync(transaction, repo, commit, cancellationToken);
        foreach (TreeEdit[] part in edits.Chunk(JournalPage.MaxEdits))
        {
            JournalPage record = new([.. part.Select(JournalEdit.From)]);
            await _pages.PutAsync(transaction, Key(repo, commit, page++), record, cancellationToken);
        }
    }

    /// <summary>How many pages the commit has: it grows with each append, so an equal count means that nothing was added.</summary>
    public async ValueTask<int> CountAsync(IMetadataReader reader, RepoName repo, GlobalId commit, CancellationToken cancellationToken)
    {
        await foreach ((string key, _) in _pages.ScanAsync(reader, Prefix(repo, commit), cancellationToken, descending: true, limit: 1))
        {
            string number = key[(key.LastIndexOf(TableKey.Separator) + 1)..];
            return int.Parse(number, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) + 1;
        }

        return 0;
    }

    /// <summary>All edits in order.</summary>
    public async ValueTask<List<TreeEdit>> ReadAsync(IMetadataReader reader, RepoName repo, GlobalId commit, CancellationToken cancellationToken)
    {
        List<TreeEdit> edits = [];
        await foreach ((_, JournalPage page) in _pages.ScanAsync(reader, Prefix(repo, commit), cancellationToken))
        {
            edits.AddRange(page.Edits.Select(e => e.ToEdit()));
        }

        return edits;
    }

    /// <summary>Removes every page.</summary>
    public async ValueTask DeleteAsync(IMetadataTransaction transaction, RepoName repo, GlobalId commit, CancellationToken cancellationToken)
    {
        int pages = await CountAsync(transaction, repo, commit, cancellationToken);
        for (int page = 0; page < pages; page++)
        {
            await _pages.DeleteAsync(transaction, Key(repo, commit, page), cancellationToken);
        }
    }

    /// <summary>Takes the pages of a commit along when its repo is renamed.</summary>
    public async ValueTask MoveAsync(IMetadataTransaction transaction, RepoName from, RepoName to, GlobalId commit, CancellationToken cancellationToken)
    {
        int pages = await CountAsync(transaction, from, commit, cancellationToken);
        for (int page = 0; page < pages; page++)
        {
            if (await _pages.FindAsync(transaction, Key(from, commit, page), cancellationToken) is { } edits)
            {
                await _pages.PutAsync(transaction, Key(to, commit, page), edits, cancellationToken);
                await _pages.DeleteAsync(transaction, Key(from, commit, page), cancellationToken);
            }
        }
    }

    private static string Prefix(RepoName repo, GlobalId commit) => TableKey.Join(repo.ToString(), commit.ToString());

    private static string Key(RepoName repo, GlobalId commit, int page) =>
        TableKey.Join(repo.ToString(), commit.ToString(), page.ToString("x8", CultureInfo.InvariantCulture));
}
