using System.Buffers.Binary;
using Slipway.Content;
using Slipway.Content.Metadata;
using Slipway.Content.Tests.Fuzz;
using Slipway.Data.Commits;
using Slipway.Data.Tests.Doubles;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees.Scanning;

namespace Slipway.Data.Tests.Fuzz;

/// <summary>Whatever bytes a decoder of this room is given, it reads them or says in the house's own words that it cannot.</summary>
public sealed class DecoderTests
{
    private static readonly Digest Name = Digest.Of("node");

    [Fact]
    public void Tree_nodes()
    {
        byte[] leaf = NodeFormat.Encode(new TreeNode(0, [TreeEntry.File("a", long.MaxValue / 2, Name), TreeEntry.File("b.sh", 300, Name, executable: true), TreeEntry.File("é", 7, Name)]));
        byte[] above = NodeFormat.Encode(new TreeNode(2, [new NodeReference("m", long.MaxValue / 2, 12, Name), new NodeReference("z", 1L << 33, long.MaxValue / 2, Name)]));
        new Mutator(1).Run(30_000, [leaf, above], bytes =>
        {
            TreeNode node = NodeFormat.Decode(Name, bytes);
            Assert.True(node is { Size: >= 0, Entries: >= 0 });
            Assert.Equal(bytes, NodeFormat.Encode(node));
        });
        byte[] forged = NodeFormat.Encode(new TreeNode(0, [TreeEntry.File("a", long.MaxValue, Name), TreeEntry.File("b", 1, Name)]));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<SlipwayException>(() => NodeFormat.Decode(Name, forged)).Kind);
        forged = NodeFormat.Encode(new TreeNode(1, [new NodeReference("a", long.MaxValue, 1, Name), new NodeReference("b", 1, 1, Name)]));
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<SlipwayException>(() => NodeFormat.Decode(Name, forged)).Kind);
    }

    [Fact]
    public async Task Rows_of_commits_and_journals()
    {
        InMemoryMetadataStore metadata = new();
        Table<Commit> commits = new("commits", CommitJson.Default.Commit);
        Table<JournalPage> pages = new("commit-journal", CommitJson.Default.JournalPage);
        CommitStore store = new(metadata, Edits.Store(), new InMemoryBlobStore(), TimeProvider.System);
        await new Data.Repos.RepoStore(metadata, TimeProvider.System).CreateAsync(Data.Repos.RepoName.Parse("r"), "", null, default);
        await store.PutAsync(Data.Repos.RepoName.Parse("r"), Data.Repos.BranchName.Master, [Edits.Put("/a")], "said", "by", default);
        Commit open = await store.StartAsync(Data.Repos.RepoName.Parse("r"), Data.Repos.BranchName.Master, "", "", default);
        await store.EditAsync(open.Repo, open.GlobalId, [Edits.Put("/a/b"), Edits.Delete("/c"), new MovePath(DataPath.Parse("/x"), DataPath.Parse("/y"))], default);
        byte[][] commitRows = await RowsAsync(metadata, "commits"), pageRows = await RowsAsync(metadata, "commit-journal");
        new Mutator(2).Run(5000, commitRows, bytes => Read(metadata, commits, bytes));
        new Mutator(3).Run(5000, pageRows, bytes => _ = Read(metadata, pages, bytes)!.Edits.Select(edit => edit.ToEdit()).ToList());
    }

    [Fact]
    public async Task Scan_indexes()
    {
        string folder = Directory.CreateTempSubdirectory("slipway-fuzz-").FullName;
        try
        {
            string path = Path.Join(folder, "index");
            byte[] table = [1, 0, 0, 0, 1, 0, (byte)'/', .. new byte[8], 60, 0, 0, 0];
            byte[] good = [.. ScanIndexFormat.Magic, .. Sum(table), .. table, 15, 0, 0, 0, 0, 0, 0, 0];
            new Mutator(4).Run(
                1000,
                [good],
                bytes =>
                {
                    File.WriteAllBytes(path, bytes);
                    using ScanIndex index = ScanIndex.Open(path);
                    index.Find("/");
                },
                bytes => bytes.Length < 40 ? bytes : [.. bytes[..15], .. Sum(bytes[23..^8]), .. bytes[23..]]);
        }
        finally
        {
            await Task.Run(() => Directory.Delete(folder, recursive: true));
        }
    }

    private static byte[] Sum(byte[] bytes)
    {
        byte[] sum = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, ScanIndexFormat.SumOf(bytes));
        return sum;
    }

    private static T? Read<T>(IMetadataStore metadata, Table<T> table, byte[] value)
        where T : class
    {
        string name = typeof(T) == typeof(Commit) ? "commits" : "commit-journal";
        return metadata.WriteAsync(
            async t =>
            {
                await t.PutAsync(name, "key", value, default);
                return await table.FindAsync(t, "key", default);
            },
            default).AsTask().GetAwaiter().GetResult();
    }

    private static async Task<byte[][]> RowsAsync(IMetadataStore metadata, string table) => await metadata.ReadAsync(
        async r => await r.ScanAsync(table, null, null, default).Select(row => row.Value).ToArrayAsync(), default);
}
