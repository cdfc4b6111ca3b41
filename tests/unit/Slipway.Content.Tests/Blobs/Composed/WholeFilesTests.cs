using Slipway.Content.Blobs.Composed;
using Slipway.Content.Blobs.Local;

namespace Slipway.Content.Tests.Blobs.Composed;

public sealed class WholeFilesTests : IDisposable
{
    private const int Size = 1000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Beyond_the_bound_those_go_that_were_asked_for_longest_ago()
    {
        WholeFiles files = Open(6 * Size);
        for (int i = 0; i < 6; i++)
        {
            Make(files, i);
        }

        Make(files, 0);
        Make(files, 6);
        Assert.False(files.Has(Name(1)));
        Assert.All([0, 2, 3, 4, 5, 6], i => Assert.True(files.Has(Name(i))));

        // Another process finds what is there, and keeps to its own bound.
        WholeFiles again = Open(4 * Size);
        Make(again, 7);
        Assert.Equal(4, Directory.GetFiles(_directory["whole"], "*", SearchOption.AllDirectories).Length);
        Assert.True(again.Has(Name(7)));
    }

    [Fact]
    public void The_last_few_stay_whatever_their_size()
    {
        WholeFiles files = Open(1);
        Assert.All([0, 1, 2], i => Assert.True(File.Exists(Make(files, i))));
        Assert.All([0, 1, 2], i => Assert.True(files.Has(Name(i))));
        files.Remove(Name(1));
        Assert.False(files.Has(Name(1)));
    }

    private WholeFiles Open(long bound) => WholeFiles.Open(_directory["whole"], new StoreDisk(null), bound);

    private static Digest Name(int number) => Digest.Of($"{number}");

    private static string Make(WholeFiles files, int number) =>
        files.Make(Name(number), new Recipe([new RecipePart(Name(number), 0, Size)]), _ => null, _ => new MemoryStream(new byte[Size]), CancellationToken.None);
}
