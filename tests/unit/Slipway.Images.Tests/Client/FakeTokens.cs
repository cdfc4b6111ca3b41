using System.Text;

namespace Slipway.Images.Client;

/// <summary>A fake registry that asks for a token which it gives itself, each time another: <c>t1</c>, <c>t2</c>.</summary>
internal sealed class FakeTokens : IAsyncDisposable
{
    public const string Manifest = "{}";
    private int _given;

    public FakeTokens() => Registry = new(Answer);

    public FakeRegistry Registry { get; }

    public JumpingClock Clock { get; } = new();

    /// <summary>The tokens that are good.</summary>
    public Func<string, bool> Takes { get; set; } = _ => true;

    /// <summary>What stands in a challenge beside realm and service.</summary>
    public string More { get; set; } = ",scope=\"repository:app:pull\"";

    public int RefusesWith { get; set; } = 401;

    /// <summary>How a token is given.</summary>
    public Func<FakeRequest, string, FakeAnswer> Gives { get; set; } = (_, token) => FakeAnswer.Of(200, $$"""{"token":"{{token}}","expires_in":300}""");

    /// <summary>The requests for tokens.</summary>
    public FakeRequest[] Tokens => Registry.AskedFor("/token");

    public RegistryClient Open() => RegistryClient.Open(Clock);

    public RegistryConnection Connect(RegistryClient client, RegistryCredential? credential) =>
        new(client, Registry.Address, RepositoryName.Of(ImageReference.Parse("here.example/app:1")), credential, push: false);

    public ValueTask DisposeAsync() => Registry.DisposeAsync();

    public static string BasicOf(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private FakeAnswer Answer(FakeRequest request)
    {
        if (request.Target.StartsWith("/token", StringComparison.Ordinal))
        {
            return Gives(request, $"t{Interlocked.Increment(ref _given)}");
        }

        return request.Authorization is { } proof && proof.StartsWith("Bearer ", StringComparison.Ordinal) && Takes(proof["Bearer ".Length..])
            ? FakeAnswer.Of(200, Manifest)
            : FakeAnswer.Of(RefusesWith, """{"errors":[{"code":"DENIED","message":"in the registry's words"}]}""", ("WWW-Authenticate", $"Bearer realm=\"{Registry.Address}token\",service=\"it\"{More}"));
    }
}
