using Slipway.Content.Hashing;
using Slipway.Linux;

namespace Slipway.Content.Tests.Hashing;

public sealed class ResumableHashTests
{
    [Fact]
    public void The_library_is_there_on_a_machine_of_ours() => Assert.True(Sha256Context.IsAvailable);

    [Fact]
    public void A_hash_goes_on_from_its_kept_state_at_any_length()
    {
        Random random = new(1);
        byte[] bytes = new byte[5000];
        random.NextBytes(bytes);
        for (int round = 0; round < 400; round++)
        {
            int length = random.Next(bytes.Length + 1);
            int cut = random.Next(length + 1);
            using ResumableHash begin = new();
            begin.Append(bytes.AsSpan(0, cut));
            Assert.Equal(Digest.Of(bytes.AsSpan(0, cut)), begin.Current());
            HashState state = HashState.Read(begin.State!.ToBytes())!;
            Assert.Equal(cut / 64 * 64, state.Length);
            using ResumableHash end = ResumableHash.Resume(state)!;
            end.Append(bytes.AsSpan((int)state.Length, length - (int)state.Length));
            Assert.Equal(Digest.Of(bytes.AsSpan(0, length)), end.Current());
        }
    }

    [Fact]
    public void A_state_of_ten_gigabytes_keeps_its_length()
    {
        const long length = 10L << 30;
        using ResumableHash begin = new();
        HashState far = new(begin.State!.Words, length);
        using ResumableHash hash = ResumableHash.Resume(far)!;
        hash.Append("x"u8);
        Assert.Equal(length, hash.State!.Length);
    }

    [Fact]
    public void Other_bytes_are_no_state()
    {
        Assert.Null(HashState.Read(new byte[HashState.Size - 1]));
        byte[] odd = new byte[HashState.Size];
        odd[32] = 1;
        Assert.Null(HashState.Read(odd));
    }

    /// <summary>The state of "abc…" (64 times 'a') as another program would compute it: the chaining value after one block.</summary>
    [Fact]
    public void The_words_are_the_chaining_value_of_the_standard()
    {
        using ResumableHash hash = new();
        hash.Append(new byte[64].AsSpan());
        byte[] bytes = hash.State!.ToBytes();

        // SHA-256 compression of one block of zeros from the initial value; a known intermediate value.
        Assert.Equal("da5698be17b9b46962335799779fbeca8ce5d491c0d26243bafef9ea1837a9d8", Convert.ToHexStringLower(bytes.AsSpan(0, 32)));
    }
}
