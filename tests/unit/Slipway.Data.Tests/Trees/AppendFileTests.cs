using System.Text;
using Slipway.Content;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;

namespace Slipway.Data.Tests.Trees;

public sealed class AppendFileTests
{
    private readonly InMemoryBlobStore _blobs = new();
    private readonly TreeStore _trees;

    public AppendFileTests() => _trees = new TreeStore(_blobs);

    [Fact]
    public async Task Appends_puts_and_deletes_count_in_their_order()
    {
        Random random = new(9);
        Digest root = await _trees.EmptyAsync(default);
        for (int round = 0; round < 100; round++)
        {
            string? expected = await ReadAsync(root);
            List<TreeEdit> edits = [];
            for (int i = random.Next(6); i > 0; i--)
            {
                string text = $"{random.Next(100)}";
                switch (random.Next(4))
                {
                    case 0:
                        edits.Add(new DeletePath(DataPath.Parse("/f")));
                        expected = null;
                        break;
                    case 1:
                        edits.Add(new PutEntry(DataPath.Parse("/f"), await EntryAsync(text)));
                        expected = text;
                        break;
                    default:
                        edits.Add(new AppendFile(DataPath.Parse("/f"), await EntryAsync(text)));
                        expected += text;
                        break;
                }
            }

            root = await _trees.ApplyAsync(root, edits, default);
            Assert.Equal(expected, await ReadAsync(root));
        }
    }

    [Fact]
    public async Task A_folder_cannot_be_appended_to()
    {
        Digest root = await _trees.ApplyAsync(await _trees.EmptyAsync(default), [new PutEntry(DataPath.Parse("/d/f"), await EntryAsync("x"))], default);
        SlipwayException conflict = await Assert.ThrowsAsync<SlipwayException>(
            async () => await _trees.ApplyAsync(root, [new AppendFile(DataPath.Parse("/d"), await EntryAsync("y"))], default));
        Assert.Equal(ErrorKind.Conflict, conflict.Kind);
    }

    private async Task<TreeEntry> EntryAsync(string text) => TreeEntry.File("f", text.Length, (await _blobs.PutAsync(Encoding.UTF8.GetBytes(text), default)).Digest);

    private async Task<string?> ReadAsync(Digest root)
    {
        if (await _trees.FindAsync(root, DataPath.Parse("/f"), default) is not { } entry)
        {
            return null;
        }

        using StreamReader reader = new(await _blobs.OpenAsync(entry.Digest, default));
        string text = await reader.ReadToEndAsync();
        Assert.Equal(entry.Size, text.Length);
        return text;
    }
}
